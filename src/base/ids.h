#pragma once
// The ids that every floor speaks. Each is a type of its own, so that a token cannot be passed as a run.
// All integers start at 1; 0 is "none yet" and never names anything.

#include <compare>
#include <cstdint>
#include <functional>
#include <string>

namespace takt {

template <class Tag, class Value = std::int64_t>
struct Id {
  Value value{};
  friend auto operator<=>(const Id&, const Id&) = default;
  explicit operator bool() const { return value != Value{}; }
};

using RunId = Id<struct RunTag>;        // grows over the life of a fleet
using Token = Id<struct TokenTag>;      // fencing number: one per attempt, only ever grows
using EventId = Id<struct EventTag>;    // a line of history
using NoticeId = Id<struct NoticeTag>;  // one thing that one contact is told
using Seq = Id<struct SeqTag>;  // a batch of rows handed to the store; per daemon incarnation
using RequestId = Id<struct RequestTag>;         // a question from outside that wants an answer
using NodeId = Id<struct NodeTag, std::string>;  // one daemon incarnation: 16 hex digits, random

/// Position of a job in its FleetSpec: dense, from 0, valid for one loaded spec.
using JobIndex = std::uint32_t;

/// Number of a slot of one job: identifies it, counts up by one a slot, never goes back.
using SlotNumber = std::int64_t;

}  // namespace takt

template <class Tag, class Value>
struct std::hash<takt::Id<Tag, Value>> {
  std::size_t operator()(const takt::Id<Tag, Value>& id) const {
    return std::hash<Value>{}(id.value);
  }
};
