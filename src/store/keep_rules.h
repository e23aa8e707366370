#pragma once
// KeepRules: how much history the fleet file wants kept, by job. Small for 100,000 jobs: most of
// them have one and the same rule.
//
// A job that the file does not hold (any more) has no rule: a removed job keeps its history.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/spec.h"

namespace takt::store {

/// Of one job: the newest `runs` runs, and of those the ones that ended within `age`.
struct KeepRule {
  std::int64_t runs = 100;
  Duration age = std::chrono::hours{24 * 30};
  friend bool operator==(const KeepRule&, const KeepRule&) = default;
};

class KeepRules {
 public:
  KeepRules() = default;
  static KeepRules of(const core::FleetSpec& fleet);

  std::optional<KeepRule> of(std::string_view job) const;
  bool empty() const { return known_.empty(); }

  /// Events are kept as long as the runs of the job that keeps them longest, at least kEventsFor.
  static constexpr Duration kEventsFor = std::chrono::hours{24 * 30};
  Duration events_for() const { return events_for_; }

 private:
  std::vector<std::uint64_t> known_;  // hashes of all names, sorted
  std::map<std::string, KeepRule, std::less<>> special_;
  Duration events_for_ = kEventsFor;
};

/// How much history was deleted.
struct Trimmed {
  std::int64_t runs = 0;
  std::int64_t slots = 0;  // ranges of them
  std::int64_t events = 0;
  std::int64_t notices = 0;
};

}  // namespace takt::store
