#pragma once
// Retry policy: whether an ended attempt is followed by another, and how long the run waits for it.
//
//   attempts that count   1     2     3     4     5 ...
//   wait                  2 s   4 s   8 s   16 s  30 s (ceiling)
//
// Failures count against `retries`. Losses (the daemon's fault, not the job's) have a budget of
// their own and the same waits. Hangs and cancellations are never retried. Pure.

#include <cstdint>
#include <optional>

#include "base/time.h"
#include "core/spec.h"
#include "core/vocabulary.h"

namespace takt::core {

/// Further attempts that a run gets after lost ones.
inline constexpr int kLostBudget = 2;

/// Wait before the attempt that follows the `nth` one that counts (from 1; below counts as 1):
/// first * factor^(nth-1), at most max, times a draw from [1-jitter, 1+jitter] taken from `seed`.
/// Total.
Duration retry_wait(const RetryPolicy& policy, int nth, std::uint64_t seed);

/// True when the policy retries this outcome. A listed exit code retries a failed attempt that
/// ended with it; `failed` in the list retries every exit code and signal.
bool retries_outcome(const RetryPolicy& policy, Outcome outcome, std::optional<int> exit_code);

/// Outcomes that are the job's own failures: they count towards consecutive failures and `retries`.
bool counts_as_failure(Outcome outcome);

}  // namespace takt::core
