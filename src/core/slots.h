#pragma once
// Slots: what becomes of each instant at which a job is due. Every slot gets exactly one answer
// here, or a waiting run that brings it later.
//
//   due now                                          becomes
//   one slot                                         a run (cause schedule), or skipped by a gate
//   several (down, suspended), or one whose start_within is over already:
//     catchup = latest                               the newest a run, older ones coalesced into it
//     catchup = all                                  the newest catchup_max runs, older ones missed
//     catchup = none                                 missed; live, the newest a run all the same
//   and a run of the job is open:
//     overlap = skip                                 skipped; of a downtime: coalesced into the run
//     overlap = queue                                a run behind it; later slots coalesced into it
//     overlap = replace                              the same, and the open run is cancelled
//     overlap = allow                                a run beside it
//   while the store fails                            undecided; when it is back, or the job's pause
//     (jobs that cannot start then)                  or definition changes: missed(store), but for
//                                                    the newest if its time is not over: a run

#include "core/turn.h"

namespace takt::core {

/// Decides every slot of the job that is due by turn.now; while a pause lasts, or is over but not
/// ended yet, those up to its end.
void fire_slots(Turn& turn, JobIndex job);

/// Slots that the store's failure keeps undecided are missed: what comes next would answer them
/// otherwise than they deserve.
void miss_held_slots(Turn& turn, JobIndex job);

/// Gives up the job's waiting runs whose start_within is over.
void fire_deadlines(Turn& turn, JobIndex job);

}  // namespace takt::core
