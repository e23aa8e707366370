#pragma once
// ReplayHash: one number over every event and every effect of a simulation, in order, every field
// of every row included. Two simulations with equal numbers did the same; the same seed always
// does.

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "core/effect.h"
#include "core/event.h"

namespace takt::sim {

class ReplayHash {
 public:
  void add(Instant at, const core::Event& event);
  void add(const core::Effects& effects);
  std::uint64_t value() const { return value_; }

  /// Grows to the largest batch and stays: most of what is appended is one number.
  class Bytes {
   public:
    void append(const void* from, std::size_t size) {
      if (size == 0) return;
      if (used_ + size > room_.size()) room_.resize(2 * (used_ + size));
      std::memcpy(room_.data() + used_, from, size);
      used_ += size;
    }
    std::string_view text() const { return {room_.data(), used_}; }
    void clear() { used_ = 0; }

   private:
    std::vector<char> room_;
    std::size_t used_ = 0;
  };

 private:
  void close();  // folds what was written since the last time into the value

  Bytes bytes_;
  std::uint64_t value_ = 0;
};

}  // namespace takt::sim
