#include "core/durations.h"

#include <algorithm>
#include <cmath>

namespace takt::core {

Durations::Durations(const std::vector<Duration>& lengths) {
  for (const Duration length : lengths) put(length);
  if (!ring_.empty()) find_p95();
}

void Durations::add(Duration took) {
  put(took);
  find_p95();
}

void Durations::find_p95() {
  p95_ = static_cast<std::uint8_t>(std::ranges::find(ring_, *percentile(0.95)) - ring_.begin());
}

void Durations::put(Duration took) {
  if (ring_.size() < kKept) {
    ring_.push_back(took);
    return;
  }
  ring_[next_] = took;
  next_ = static_cast<std::uint8_t>((next_ + 1U) % kKept);
}

std::optional<Duration> Durations::percentile(double share) const {
  if (ring_.empty()) return std::nullopt;
  std::vector<Duration> sorted = ring_;
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  const auto nth = sorted.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
  std::ranges::nth_element(sorted, nth);
  return *nth;
}

std::optional<Duration> Durations::p95() const {
  return ring_.empty() ? std::nullopt : std::optional{ring_[p95_]};
}

Duration expected_longest(const Durations& history, std::optional<Duration> expect) {
  return history.p95().value_or(expect.value_or(std::chrono::minutes{1}));
}

}  // namespace takt::core
