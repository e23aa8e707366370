#pragma once
// Attempts: write-ahead start, launch, kill, end, and what follows an end.
//
//   start_attempt ─▶ recording ─Recorded─▶ launching ─AttemptStarted─▶ running ─AttemptEnded─▶ after
//                        │ kill                │ kill: KillTree            │ kill: KillTree
//                        ▼                     ▼                           ▼
//                    ended at once         AttemptEnded follows        AttemptEnded follows
//
//   after an end:  ok ─▶ settled          failure ─▶ retrying while the policy allows, else settled
//                  hung ─▶ settled, recovery run     lost ─▶ retrying while its own budget lasts
//                  cancelled: by request ─▶ settled; by shutdown ─▶ retrying, so that the next start
//                  goes on (at_most_once: settled)

#include "core/turn.h"

namespace takt::core {

/// Decides a start: gives out number and token, writes the rows. The launch follows the commit.
void start_attempt(Turn& turn, Run& run);

/// Batches are committed: launches whose rows they held.
void on_recorded(Turn& turn, const Recorded& event);

void on_started(Turn& turn, const AttemptStarted& event);
void on_ended(Turn& turn, const AttemptEnded& event);
void on_leftover_gone(Turn& turn, const LeftoverGone& event);

/// Ends the attempt of a run; one whose launch was not asked for yet ends here and now. Shortens a kill
/// that is under way when it comes with a shorter grace (`at_once`).
void kill_attempt(Turn& turn, Run& run, KillReason why, bool at_once = false);

}  // namespace takt::core
