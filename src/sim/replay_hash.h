#pragma once
// ReplayHash: one number over every event and every effect of a simulation, in order, every field
// of every row included. Two simulations with equal numbers did the same; the same seed always
// does.

#include <cstdint>
#include <string>

#include "base/time.h"
#include "core/effect.h"
#include "core/event.h"

namespace takt::sim {

class ReplayHash {
 public:
  void add(Instant at, const core::Event& event);
  void add(const core::Effects& effects);
  std::uint64_t value() const { return value_; }

 private:
  void close();  // folds what was written since the last time into the value

  std::string bytes_;
  std::uint64_t value_ = 0;
};

}  // namespace takt::sim
