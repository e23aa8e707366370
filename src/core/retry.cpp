#include "core/retry.h"

#include <algorithm>
#include <cmath>

#include "base/stable_hash.h"

namespace takt::core {

Duration retry_wait(const RetryPolicy& policy, int nth, std::uint64_t seed) {
  const auto ceiling = static_cast<double>(policy.max.count());
  const auto first = static_cast<double>(policy.first.count());
  const double grown = first * std::pow(policy.factor, std::max(nth, 1) - 1);
  const double wait = first > 0 ? std::min(grown, ceiling) : 0;  // 0 times infinity is no number
  constexpr std::int64_t kSteps = 1'000'000;
  const double draw = static_cast<double>(hash_below(seed, 2 * kSteps + 1) - kSteps) / kSteps;
  return Duration{std::llround(wait * (1 + policy.jitter * draw))};
}

bool retries_outcome(const RetryPolicy& policy, Outcome outcome, std::optional<int> exit_code) {
  if (std::ranges::find(policy.on, outcome) != policy.on.end()) return true;
  return outcome == Outcome::failed && exit_code &&
         std::ranges::find(policy.on_exit_codes, *exit_code) != policy.on_exit_codes.end();
}

bool counts_as_failure(Outcome outcome) {
  switch (outcome) {
    case Outcome::failed:
    case Outcome::timeout:
    case Outcome::hung:
    case Outcome::oom:
    case Outcome::spawn_failed:
      return true;
    case Outcome::ok:
    case Outcome::browser_lost:
    case Outcome::lost:
    case Outcome::cancelled:
      return false;
  }
  return false;
}

}  // namespace takt::core
