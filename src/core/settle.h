#pragma once
// Settling: how runs come to be and how they end, and what an end means for the job: its counters,
// the run that waited behind, the next slot of an `after` job, quarantine.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/turn.h"

namespace takt::core {

struct RunDraft {
  Cause cause = Cause::schedule;
  std::optional<Slot> slot;
  std::optional<Priority> priority;  // default: the job's
  std::optional<Instant> rank_from;  // due time of its rank; default: now
  std::optional<Instant> deadline;
  std::optional<RunId> triggered_by;
  std::string note;
  std::vector<std::pair<std::string, std::string>> params;
  bool forced = false;
};

/// Adds a waiting run behind the open ones of its job; ready at once when none stands in its way.
RunId make_run(Turn& turn, JobIndex job, RunDraft draft);

/// Ends a run that never started: missed, skipped or cancelled, with the gates that said so.
void give_up(Turn& turn, Run& run, Disposition disposition, Reason reason, Gates gates);

/// When the run of a slot should have started: its due time, for a catch-up run the decision.
Instant should_have_started(const Run& run);

/// Ends a run that started, for good.
void settle(Turn& turn, Run& run, Outcome outcome);

/// An operator may want to know of a slot that was skipped for this.
bool is_news(Reason reason);

/// Looks whether an older run of its job is still in the way of `run`: one whose turn has come joins
/// the queue, one whose turn a changed `overlap` has taken back leaves it.
void look_for_turn(Turn& turn, Run& run);

/// The rank of an open run by the job's priority and the fleet's ageing of now. `old_ageing` is what
/// its rank was made with. Recovery and health runs keep their class.
void rank_anew(Turn& turn, Run& run, Duration old_ageing);

/// The oldest open run that `run` has to wait for; nullopt: its turn within its job has come.
std::optional<RunId> blocker_of(const State& s, const Run& run);

}  // namespace takt::core
