#pragma once
// Attempts: write-ahead start, launch, kill, end, and what follows an end.
//
//   start_attempt ─▶ recording ─Recorded─▶ launching ─AttemptStarted─▶ running ─AttemptEnded─▶ (1)
//                        │ kill                │ kill: KillTree            │ kill: KillTree
//                        ▼                     ▼                           ▼
//                    ended at once         AttemptEnded follows        AttemptEnded follows
//
//   (1)  ok                        settled
//        failure                   retrying while the policy allows, else settled
//        hung                      settled, recovery run
//        lost                      retrying while its own budget lasts, else settled
//        cancelled by request      settled
//        cancelled by shutdown     retrying, so that the next start goes on (at_most_once: settled)

#include "core/turn.h"

namespace takt::core {

/// The run whose attempt, alive or on its way, has this token; nullptr: none.
Run* run_of(Turn& turn, Token token);

/// Decides a start: gives out number and token, writes the rows. The launch follows the commit.
void start_attempt(Turn& turn, Run& run);

/// Batches are committed: launches whose rows they held.
void on_recorded(Turn& turn, const Recorded& event);

/// Batches are in the journal: launches of critical jobs whose rows they held.
void launch_journaled(Turn& turn, Seq through);

void on_started(Turn& turn, const AttemptStarted& event);
void on_deferred(Turn& turn, const StartDeferred& event);
void on_mains_ended(Turn& turn, const MainsEnded& event);
void on_ended(Turn& turn, const AttemptEnded& event);
void on_leftover_gone(Turn& turn, const LeftoverGone& event);

/// Ends a run for good, whatever it does: `by` is who asked (manual), or what (overlap: a newer run
/// replaces it). A living attempt is killed first and the run settled when that is proven.
void cancel_run(Turn& turn, Run& run, Reason by);

/// Ends the attempt of a run; one whose launch was not asked for yet ends here and now. Shortens a
/// kill that is under way when it comes with a shorter grace (`at_once`).
void kill_attempt(Turn& turn, Run& run, KillReason why, bool at_once = false);

}  // namespace takt::core
