#pragma once
// Dependencies: how a run stands to what its job needs (core/need.h), and what follows from it.
//
//   asked of each need, in this order            answer     the run
//   fresh by now                                 fresh      passes
//   its wait is over                             timed_out  as on_timeout says (dep_timeout)
//   the run it waited for did not bring it       failed     as on_timeout says (dep_failed)
//   a run of the other job is under way          joined     waits for its end
//   the other job is paused, quarantined,        failed     as on_timeout says (dep_failed)
//     disabled or not in the fleet
//   none of these                                stale      one is triggered, and joined
//
// A run that others wait for inherits the best rank among them, each by its own slot, and passes it on
// to what it waits for itself; it does not inherit their class, nor what their jobs missed before. All
// of it is derived from whom runs wait for (Run::waits), never counted.

#include <map>
#include <optional>
#include <vector>

#include "core/turn.h"

namespace takt::core {

enum class NeedAnswer { fresh, timed_out, failed, joined, stale };

struct NeedVerdict {
  NeedAnswer answer = NeedAnswer::fresh;
  std::optional<RunId> upstream;  // joined: whose end it waits for
  bool ran_anyway = false;        // timed_out or failed, and on_timeout = run
};

/// How `run` (none: one that would be made now) stands to the nth need of its job.
NeedVerdict judge_need(const State& s, JobIndex job, const Run* run, std::size_t nth, Instant now);

/// Every job that others need, with those others.
std::map<JobIndex, std::vector<JobIndex>> dependents_of(const State& s);

/// Joins what the run needs and is not fresh, and with `triggers` makes runs of what nobody is about to
/// bring; ranks are passed on.
void wait_for_needs(Turn& turn, Run& run, bool triggers);

/// The run's own rank or class is another one: those that it waits for have that of it from now on.
void lend_rank_anew(Turn& turn, const Run& run);

/// The run waits for nobody any more; what it lent is taken back.
void stop_waiting_for_needs(Turn& turn, Run& run);

/// The job needs something else from now on: its runs wait for nobody until they are asked again.
void forget_needs(Turn& turn, JobIndex job);

/// A run has ended or was given up: whoever waits for it hears it in this turn.
void upstream_ended(Turn& turn, const Run& upstream, bool success);

/// Something else about the job has changed that its dependents ask about (a pause, a quarantine).
void look_again_at_dependents(Turn& turn, JobIndex job);

/// When the first of the waits that the run is in will be over; nullopt: it is in none.
std::optional<Instant> need_wait_ends(const State& s, const Run& run);

/// Runs of the job whose wait is over are asked again.
void fire_need_waits(Turn& turn, JobIndex job);

}  // namespace takt::core
