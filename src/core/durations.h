#pragma once
// Durations: how long the last 50 ok runs of a job took, for p50 and p95. Nothing is allocated
// until the first one. Rule: history's percentile, before that `expect`, else 1 minute.

#include <cstddef>
#include <optional>
#include <vector>

#include "base/time.h"

namespace takt::core {

class Durations {
 public:
  static constexpr std::size_t kKept = 50;

  void add(Duration took);

  /// The smallest kept length that `share` (0..1) of them do not exceed; nullopt without history.
  std::optional<Duration> percentile(double share) const;

 private:
  std::vector<Duration> ring_;
  std::size_t next_ = 0;
};

/// p95 by the rule above.
Duration expected_longest(const Durations& history, std::optional<Duration> expect);

}  // namespace takt::core
