#include "sim/faults.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace takt::sim {

std::array<int, kFaultKinds> Mix::default_weights() {
  std::array<int, kFaultKinds> weights{};
  weights.fill(2);
  for (const Fault heavy : {Fault::store_fails_long, Fault::clock_leaps, Fault::daemon_frozen,
                            Fault::operator_drains, Fault::store_fails_at_start, Fault::memory_high,
                            Fault::memory_critical, Fault::memory_stalls}) {
    weights[static_cast<std::size_t>(heavy)] = 1;
  }
  weights[static_cast<std::size_t>(Fault::suspended_long)] = 0;
  return weights;
}

Instant FaultPlan::next_strike() {
  if (mix_.per_day <= 0 || std::accumulate(mix_.weight.begin(), mix_.weight.end(), 0) <= 0) {
    return Instant::max();
  }
  const Duration part = Duration{std::chrono::hours{24}} / mix_.per_day;
  const Instant strike = part_ + dice_.between(Duration{0}, part - Duration{1});
  part_ += part;
  return strike;
}

Fault FaultPlan::draw() {
  if (deck_.empty()) {
    for (int kind = 0; kind < kFaultKinds; ++kind) {
      const auto fault = static_cast<Fault>(kind);
      for (int card = 0; card < mix_.weight_of(fault); ++card) {
        deck_.push_back(fault);
        std::swap(deck_.back(), deck_[static_cast<std::size_t>(dice_.below(std::ssize(deck_)))]);
      }
    }
  }
  const Fault fault = deck_.back();
  deck_.pop_back();
  return fault;
}

}  // namespace takt::sim
