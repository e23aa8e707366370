#pragma once
// Judges: each holds one law against the scene and tells what breaks it. None depends on another.

#include "audit/finding.h"
#include "audit/scene.h"

namespace takt::audit {

/// Every line joins one attempt, and an attempt speaks once (GHOST, EXTRA).
void judge_lines(const Scene& scene, Findings& findings);

/// What rows say of an end is what the job itself said, and possible (LIE, ORPHAN).
void judge_ends(const Scene& scene, Findings& findings);

/// Never more of a job alive at once than it allows, by its own word (OVERLAP).
void judge_overlap(const Scene& scene, Findings& findings);

/// Every slot of every schedule is decided once, in order (LOST, EXTRA).
void judge_ledger(const Scene& scene, Findings& findings);

/// Slots that did not run have a reason, and the history bears it out (LOST).
void judge_reasons(const Scene& scene, Findings& findings);

/// Starts by schedule, matched to slots by time alone; and none before its own (EXTRA, EARLY).
void judge_starts(const Scene& scene, Findings& findings);

/// Number, order and waits of a run's attempts (RETRY).
void judge_retries(const Scene& scene, Findings& findings);

/// Heartbeats and derived columns equal the fold of the history (HEARTBEAT).
void judge_heartbeats(const Scene& scene, Findings& findings);

/// Tokens are given out once, and grow from start to start (FENCE).
void judge_tokens(const Scene& scene, Findings& findings);

}  // namespace takt::audit
