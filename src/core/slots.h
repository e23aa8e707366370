#pragma once
// Slots: what becomes of each instant at which a job is due. Every slot gets exactly one answer here, or
// a waiting run that brings it later.
//
//   one slot due                    a run (cause schedule), or skipped by a gate
//   several due (down, suspended)   by `catchup`: latest  the newest a run, older ones coalesced into it
//                                                all     the newest catchup_max runs, older ones missed
//                                                none    missed (live: only the older ones)
//   a run of the job is open        overlap: skip     skipped; after downtime coalesced into it
//                                            queue    waits behind it; later slots coalesced into that
//                                            replace  the same, and the open one is cancelled
//                                            allow    starts beside it

#include "core/turn.h"

namespace takt::core {

/// Decides every slot of the job that is due by turn.now.
void fire_slots(Turn& turn, JobIndex job);

/// Gives up the job's waiting runs whose start_within is over.
void fire_deadlines(Turn& turn, JobIndex job);

}  // namespace takt::core
