#pragma once
// Waiting: where a run stands whose turn within its job has come and that has no attempt.
//
//                     asked, some gate but pools and turn holds it
//              ┌─────────────────────────────────────────────▶ parked
//   unsorted ──┤                                                 │ what held it has changed
//      ▲       └─ asked, none does ─▶ queued ─ its turn ─▶ start │
//      └──────────────────────────────┴──────────────────────────┘
//
// Only what is unsorted is asked; what is parked costs nothing until something that holds it changes
// (a pause ends, a need is answered, memory is free again), and what is queued until a pool's units
// come free. Nothing here rescans what waits.

#include "core/admission_queue.h"
#include "core/turn.h"

namespace takt::core {

/// The run's turn has come: to be asked in this turn.
void make_ready(Turn& turn, Run& run);

/// Takes the run out of wherever it stands.
void withdraw(State& s, Run& run);

/// An unsorted run that was asked: on into the queue, or aside.
void enqueue(State& s, Run& run);
void park(State& s, Run& run);

/// What held the run may have changed. Nothing for one that does not stand anywhere.
void look_again(Turn& turn, Run& run);
/// The same for every run of the job, for every run, and for every run that is parked.
void look_again(Turn& turn, JobIndex job);
void look_again_at_all(Turn& turn);
void look_again_at_parked(Turn& turn);

/// Gives the run another rank, wherever it stands.
void set_rank(Turn& turn, Run& run, Instant own, std::optional<Instant> lent);

/// The fixed key that waiting runs are ordered by: due time and class.
Instant rank_of(const State& s, Instant from, Priority priority);

/// The run as admission over pools sees it; without one, a run of the job that would be made now.
Waiter waiter_of(const State& s, const Run& run);
Waiter waiter_of(const State& s, JobIndex job, Instant now);

/// Pools, leases of living attempts and the queue anew, after pools or jobs have changed places. Every
/// run stands where it stood.
void rebuild_queue(State& s);

/// While the store fails critical runs alone start, and others do not stand in their way.
Among among(const State& s);

}  // namespace takt::core
