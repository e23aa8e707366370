#pragma once
// Watchdog: notices by deadline what hangs or stays away, and answers with a recovery run.
//
//   timeout   an attempt reaches `timeout`                        kill, then the retry law
//   hung      an attempt is older than `hung_after`, or silent    kill, prove it dead, recovery run
//             for longer than `beat_within`
//   stuck     no success for longer than `stale_after`            recovery run, unless one is open
//   overdue   the first slot without a success is older than      the same
//             p95 duration + `late_after`
//
// stuck counts from the latest of last success, first load, resume, and (at speed 1) this daemon's
// start. Silence counts from the start of the attempt, then from its last beat; after a
// suspension it counts anew. What overdue counts
// from stands still while the daemon is down (at speed 1), as far as its rows tell. Exactly at a limit is not beyond it, but for `timeout`. Verdicts of one job back off: the
// n-th since the last success comes at the earliest threshold * 2^n after the one before. Paused,
// disabled and quarantined jobs are neither stuck nor overdue.

#include <optional>

#include "base/ids.h"
#include "base/time.h"
#include "core/state.h"

namespace takt::core {

struct Turn;

/// The earliest instant at which one of the above comes true; nullopt: none can.
std::optional<Instant> watch_deadline(const State& s, JobIndex job);

/// When the watchdog will call the job stuck for the first time since its last success.
std::optional<Instant> stuck_at(const State& s, JobIndex job);

/// Fires the limits of attempts that have passed: asks for the kill.
void fire_attempt_limits(Turn& turn, JobIndex job);

/// Fires stuck, overdue and recoveries that waited for their backoff. To be called after due slots
/// were decided: a slot that just became a run is a run under way.
void fire_verdicts(Turn& turn, JobIndex job);

/// After a hung attempt of `run` (`silent`, or too old) is proven dead and the run settled: its
/// recovery run, now or when the backoff allows.
void recover_from_hang(Turn& turn, JobIndex job, RunId run, bool silent);

/// After a restart, with the job's rows and runs restored: what the watchdog goes on with. `down` is
/// how long nobody was there, at most.
void restore_watch(State& s, JobIndex job, Duration down);

/// A pause or a quarantine is over: the watchdog counts from `now`, without verdicts or backoff.
void watch_anew(Job& job, Instant now);

/// A success answers everything: verdicts, backoff and unmet slots start anew.
void reset_after_success(Job& job);

}  // namespace takt::core
