#pragma once
// Admission: which waiting runs may start now. The gates are evaluated in one place; their list is
// the decision (any skip: the slot is given up; any hold: it waits) and the explanation that `why`
// prints.

#include <optional>

#include "core/gate.h"
#include "core/turn.h"

namespace takt::core {

/// All gates of a run at `now`, or, without a run, of a start that would be made now.
Gates evaluate_gates(const State& s, JobIndex job, const Run* run, Instant now);

/// What `trigger --force` passes: enabled, paused, quarantined; never overlap, node or store.
void pass_by_force(Gates& gates);

/// skip before hold before pass.
GateAnswer decision(const Gates& gates);

/// The reason that a giving-up for this gate's sake is recorded with.
Reason reason_of(GateName gate);

/// The reason of the first gate with that answer; `otherwise` when there is none.
Reason reason_of(const Gates& gates, GateAnswer answer, Reason otherwise);

/// Starts, in the order of ranks, every ready run whose gates pass; gives up those that a gate
/// skips; notes the gates of those that have to wait.
void admit(Turn& turn);

/// Looks again at the job's unstarted runs after a pause, a quarantine or the like: those that
/// would be skipped now are.
void recheck_waiting(Turn& turn, JobIndex job);

}  // namespace takt::core
