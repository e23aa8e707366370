#pragma once
// Definition: what another definition of a job means for what is known of the job and its runs. Used
// wherever a fleet file meets a state that came about under an earlier one: at the start of a daemon
// (restore) and at a reload, so that the two come to the same.
//
//   cursor            unchanged schedule: stays; another one: goes on along it from now, numbers go on;
//                     other rules of its zone: on along them from what was decided last
//   waiting run       the new priority, overlap and start_within; skipped when the job is disabled now;
//                     cancelled(reload) when its parameters do not fit any more
//   retry wait        stays; whether a further attempt follows it is the new policy's
//   living attempt    ends under the definition that it was started with
//   job removed       what has not started is cancelled(reload), a retry is given up; a living attempt
//                     ends by itself. Pause, quarantine, numbers and history stay
//   job comes back    goes on from now: slots of the time without it never were

#include <optional>
#include <string_view>

#include "core/turn.h"

namespace takt::core {

/// Puts the job's cursor on its schedule. `followed` is the fingerprint of the schedule that led to
/// `next`; what was due by `decided_through` is decided, or is `next`. A changed delay of an `after`
/// job counts from where the old one did.
void follow_schedule(State& s, JobIndex job, std::string_view followed, std::optional<Instant> next,
                     Instant decided_through, Instant now);

/// An `after` job has a next slot exactly when no run of it is open.
void complete_after(State& s, JobIndex job, Instant now);

/// Until when a waiting run may go on waiting, as if its slot were decided under the definition of
/// now. What ran out in a downtime, or stands for newer slots, counts anew from `anew`.
std::optional<Instant> deadline_of(const State& s, const Run& run, Instant anew);

/// Open runs of the job as its definition wants them now; `old_ageing` is what ranks were made with.
/// Of a job that has left, those that would have to start first are ended.
void redefine_runs(Turn& turn, JobIndex job, Duration old_ageing);

}  // namespace takt::core
