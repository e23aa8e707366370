#pragma once
// Restoring a fleet from its rows: jobs get their cursors, pauses and facts back, open runs go on
// where they were, and unfinished attempts of an earlier daemon become leftovers to be killed.

#include "core/state.h"

namespace takt::core {

/// The state at the start of a daemon; `now` is the origin of its elapsed line. Rows of jobs that
/// are no longer in the fleet are left alone; their open runs are cancelled by open().
State restore(FleetSpec spec, const Stored& stored, NodeFacts node, double speed, Instant now);

/// Rows that end the open runs of jobs that the fleet file no longer holds. Runs with an unfinished
/// attempt become orphans of `s` instead: they end when that is proven dead.
std::vector<Row> abandon_runs(State& s, const Stored& stored, Instant now);

/// The rows that end an orphan, proven dead at `now`.
std::vector<Row> rows_of_end(const State& s, Orphan orphan, Instant now);

}  // namespace takt::core
