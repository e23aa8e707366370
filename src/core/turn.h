#pragma once
// Turn: one call of the coordinator. Modules change the state through it, say what they touched,
// and add rows and effects; finish() turns all that into one batch.

#include <string>
#include <utility>
#include <vector>

#include "core/state.h"

namespace takt::core {

struct Turn {
  State& s;
  Instant now;
  std::vector<Row> rows;  // attempts, slots, events, node: written as they happen
  Effects effects;        // everything but Persist, in order
  std::vector<JobIndex> touched_jobs;
  std::vector<RunId> touched_runs;
  bool synced = false;

  /// The batch that this turn's rows will leave in.
  Seq seq() const { return Seq{s.last_seq.value + 1}; }

  Job& job(JobIndex index) { return s.jobs[index]; }
  Run& run(RunId id) { return s.runs.at(id); }

  /// The job's rows changed (`cursor`: its JobRow; heartbeats follow from any touch) and its next
  /// wake-up may have.
  void touch(JobIndex index, bool cursor = false);
  void touch(Run& run);

  void event(Severity severity, EventKind kind, std::optional<JobIndex> job,
             std::optional<RunId> run, std::string text,
             std::vector<std::pair<std::string, std::string>> data = {});

  /// Rows of everything touched, as one Persist in front of the other effects; settled runs leave
  /// the state; wake-ups are set anew. Nothing touched: no Persist.
  Effects finish();
};

/// The row of an attempt as it is now; the end is filled in by the caller.
AttemptRow attempt_row(const State& s, const Run& run, const Attempt& attempt);
/// The run's row as it is now. A run that has ended leaves the state with the turn: what it was told
/// goes into the row.
RunRow run_row(const State& s, Run& run);
JobRow job_row(const State& s, JobIndex index);
HeartbeatRow heartbeat_row(const State& s, JobIndex index);
FleetRow fleet_row(const State& s, Instant now);

/// paused, quarantined and disabled before running before retrying before waiting.
JobState job_state(const State& s, JobIndex index);

/// In the fleet file, and neither paused nor quarantined nor disabled: successes can be expected of it.
bool is_at_work(const State& s, JobIndex index);

/// The earliest instant at which the job wants attention.
std::optional<Instant> wake_of(const State& s, JobIndex index);

}  // namespace takt::core
