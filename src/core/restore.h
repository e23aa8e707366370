#pragma once
// Restoring a fleet from its rows: jobs get their cursors, pauses and facts back, open runs go on
// where they were, and unfinished attempts of an earlier daemon become leftovers to be killed.

#include "core/state.h"

namespace takt::core {

/// The state at the start of a daemon; `now` is the origin of its elapsed line, where it equals wall
/// time. Jobs that only the rows know have left the fleet file; what that means for their runs is
/// said when the coordinator opens (core/definition.h).
State restore(FleetSpec spec, const Stored& stored, NodeFacts node, double speed, Instant now);

}  // namespace takt::core
