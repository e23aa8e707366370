#pragma once
// Restoring a fleet from its rows: jobs get their cursors, pauses and facts back, open runs go on where
// they were, and unfinished attempts of an earlier daemon become leftovers to be killed.

#include "core/state.h"

namespace takt::core {

/// The state at the start of a daemon; `now` is the origin of its elapsed line. Rows of jobs that are no
/// longer in the fleet are left alone; their open runs are cancelled by open().
State restore(FleetSpec spec, const Stored& stored, NodeFacts node, double speed, Instant now);

/// Runs and attempts of jobs that the fleet file no longer holds: the rows that end them, and what is to
/// be killed.
struct Abandoned {
  std::vector<Row> rows;
  std::vector<AttemptRow> leftovers;
};
Abandoned abandoned_runs(const State& s, const Stored& stored, Instant now);

}  // namespace takt::core
