#pragma once
// Admission: which waiting runs may start now. The gates (core/gates.h) are the decision (any skip:
// the slot is given up; any hold: it waits) and the explanation that `why` prints.

#include "core/turn.h"

namespace takt::core {

/// Starts, in the order of ranks, every ready run whose gates pass; gives up those that a gate
/// skips; notes the gates of those that have to wait.
void admit(Turn& turn);

/// Looks again at the job's unstarted runs after a pause, a quarantine or the like: those that
/// would be skipped now are.
void recheck_waiting(Turn& turn, JobIndex job);

}  // namespace takt::core
