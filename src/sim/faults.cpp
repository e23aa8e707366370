#include "sim/faults.h"

#include <utility>

namespace takt::sim {

Instant FaultPlan::next_strike() {
  const Duration part = Duration{std::chrono::hours{24}} / mix_.per_day;
  const Instant strike = part_ + dice_.between(Duration{0}, part - Duration{1});
  part_ += part;
  return strike;
}

Fault FaultPlan::draw() {
  if (deck_.empty()) {
    for (int kind = 0; kind < kFaultKinds; ++kind) {
      deck_.push_back(static_cast<Fault>(kind));
      std::swap(deck_.back(), deck_[static_cast<std::size_t>(dice_.below(kind + 1))]);
    }
  }
  const Fault fault = deck_.back();
  deck_.pop_back();
  return fault;
}

}  // namespace takt::sim
