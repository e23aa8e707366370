#pragma once
// Durations: how long the last 50 ok runs of a job took, for p50 and p95. Nothing is allocated
// until the first one. Rule: history's percentile, before that `expect`, else 1 minute.
//
// p95 is asked for at every step of a run and changes with its end alone: where it lies is kept.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"

namespace takt::core {

class Durations {
 public:
  static constexpr std::size_t kKept = 50;

  Durations() = default;
  /// Of a history, oldest first.
  explicit Durations(const std::vector<Duration>& lengths);

  void add(Duration took);

  /// The smallest kept length that `share` (0..1) of them do not exceed; nullopt without history.
  std::optional<Duration> percentile(double share) const;

  /// percentile(0.95), at no cost.
  std::optional<Duration> p95() const;

 private:
  void put(Duration took);
  void find_p95();

  std::vector<Duration> ring_;
  std::uint8_t next_ = 0;  // in the ring
  std::uint8_t p95_ = 0;   // in the ring
};

/// p95 by the rule above.
Duration expected_longest(const Durations& history, std::optional<Duration> expect);

}  // namespace takt::core
