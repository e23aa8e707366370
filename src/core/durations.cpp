#include "core/durations.h"

#include <algorithm>
#include <cmath>

namespace takt::core {

void Durations::add(Duration took) {
  if (ring_.size() < kKept) {
    ring_.push_back(took);
    return;
  }
  ring_[next_] = took;
  next_ = (next_ + 1) % kKept;
}

std::optional<Duration> Durations::percentile(double share) const {
  if (ring_.empty()) return std::nullopt;
  std::vector<Duration> sorted = ring_;
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  const auto nth = sorted.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
  std::ranges::nth_element(sorted, nth);
  return *nth;
}

Duration expected_longest(const Durations& history, std::optional<Duration> expect) {
  return history.percentile(0.95).value_or(expect.value_or(std::chrono::minutes{1}));
}

}  // namespace takt::core
