#include "core/dependencies.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/degraded.h"
#include "core/settle.h"
#include "core/waiting.h"

namespace takt::core {
namespace {

const Needs& needs_of(const State& s, JobIndex job) { return *s.spec_of(job).needs; }

bool is_fresh(const State& s, JobIndex job, const Need& need, JobIndex upstream, Instant now) {
  const std::optional<Instant> brought = s.jobs[upstream].last_success;
  if (!brought) return false;
  if (need.fresh) return now - *brought <= *need.fresh;
  const std::optional<Instant> used = s.jobs[job].last_success_started;
  return !used || *brought > *used;
}

NeedVerdict refused(const Need& need, NeedAnswer answer) {
  return {answer, std::nullopt, need.on_timeout == OnTimeout::run};
}

/// The run of a job that is under way and can be joined: the oldest, since it ends first.
std::optional<RunId> under_way(const State& s, JobIndex job) {
  if (s.jobs[job].open.empty()) return std::nullopt;
  const RunId oldest = s.jobs[job].open.front();
  const bool lives = s.runs.at(oldest).attempt.has_value();
  return lives || is_at_work(s, job) ? std::optional{oldest} : std::nullopt;
}

bool waits_for(const Run& run, RunId upstream) {
  return std::ranges::find(run.waits, std::optional{upstream}, &NeedWait::upstream) !=
         run.waits.end();
}

bool waits_for_any(const Run& run) {
  return std::ranges::any_of(run.waits,
                             [](const NeedWait& wait) { return wait.upstream.has_value(); });
}

/// Visits the open runs of every job that needs `job`.
template <class Visit>
void for_dependent_runs(State& s, JobIndex job, Visit visit) {
  const auto found = s.dependents.find(job);
  if (found == s.dependents.end()) return;
  for (const JobIndex dependent : found->second) {
    for (const RunId id : s.jobs[dependent].open) visit(s.runs.at(id));
  }
}

/// Its rank by its own slot: what its job missed in waiting is for its own start. A job whose needs are
/// never met would rank ahead of everybody in the end, and with it all that is made for it, time and again.
Instant rank_of_its_slot(const State& s, const Run& run) {
  return std::max(run.rank_at, rank_of(s, should_have_started(run), run.priority));
}

/// What it lends to those that it waits for.
Instant rank_to_lend(const State& s, const Run& run) {
  const Instant own = rank_of_its_slot(s, run);
  return run.lent_rank_at ? std::min(*run.lent_rank_at, own) : own;
}

/// The best rank among those that wait for the run; nullopt: nobody does.
std::optional<Instant> rank_lent_to(State& s, const Run& upstream) {
  std::optional<Instant> best;
  for_dependent_runs(s, upstream.job, [&](const Run& run) {
    if (!waits_for(run, upstream.id)) return;
    const Instant lent = rank_to_lend(s, run);
    if (!best || lent < *best) best = lent;
  });
  return best;
}

/// Passes ranks on from here, along whatever the runs wait for; chains may be long.
void pass_ranks_on(Turn& turn, RunId first) {
  std::vector<RunId> todo{first};
  while (!todo.empty()) {
    const auto found = turn.s.runs.find(todo.back());
    todo.pop_back();
    if (found == turn.s.runs.end()) continue;
    Run& run = found->second;
    const Instant before = rank_to_lend(turn.s, run);
    auto lent = rank_lent_to(turn.s, run);
    if (lent && *lent >= rank_of_its_slot(turn.s, run)) lent.reset();
    if (lent == run.lent_rank_at) continue;
    set_rank(turn, run, run.rank_at, lent);
    if (rank_to_lend(turn.s, run) == before) continue;
    for (const NeedWait& wait : run.waits) {
      if (wait.upstream) todo.push_back(*wait.upstream);
    }
  }
}

/// Keeps the time that the job's runs spend waiting for needs: the watchdog allows for it.
void keep_need_clock(Turn& turn, JobIndex index) {
  Job& job = turn.job(index);
  const bool waits =
      std::ranges::any_of(job.open, [&](RunId id) { return waits_for_any(turn.run(id)); });
  if (waits == job.needs_since.has_value()) return;
  if (waits) {
    job.needs_since = turn.now;
  } else {
    job.waited_for_needs += turn.now - *job.needs_since;
    job.needs_since.reset();
  }
  turn.touch(index);
}

RunId trigger_upstream(Turn& turn, const Run& run, JobIndex upstream) {
  RunDraft draft;
  draft.cause = Cause::dependency;
  draft.triggered_by = run.id;
  draft.note = fmt::format("needed by run {} of {}", run.id.value, turn.s.spec_of(run.job).name);
  return make_run(turn, upstream, std::move(draft));
}

void set_upstream(Turn& turn, Run& run, std::size_t nth, std::optional<RunId> upstream) {
  run.waits.resize(needs_of(turn.s, run.job).size());
  const auto before = std::exchange(run.waits[nth].upstream, upstream);
  if (before == upstream) return;
  if (before) pass_ranks_on(turn, *before);
  if (upstream) pass_ranks_on(turn, *upstream);
}

}  // namespace

NeedVerdict judge_need(const State& s, JobIndex job, const Run* run, std::size_t nth, Instant now) {
  const Need& need = needs_of(s, job)[nth];
  const auto upstream = s.find_job(need.job);
  if (upstream && is_fresh(s, job, need, *upstream, now)) return {};
  if (run != nullptr && saturating_add(run->queued_at, need.wait) <= now) {
    return refused(need, NeedAnswer::timed_out);
  }
  const bool has_failed = run != nullptr && nth < run->waits.size() && run->waits[nth].failed;
  if (!upstream || has_failed) return refused(need, NeedAnswer::failed);
  if (const auto joined = under_way(s, *upstream)) return {NeedAnswer::joined, joined, false};
  if (!is_at_work(s, *upstream)) return refused(need, NeedAnswer::failed);
  return {NeedAnswer::stale, std::nullopt, false};
}

std::map<JobIndex, std::vector<JobIndex>> dependents_of(const State& s) {
  std::map<JobIndex, std::vector<JobIndex>> dependents;
  for (JobIndex job = 0; job < s.listed; ++job) {
    for (const Need& need : needs_of(s, job)) {
      if (const auto upstream = s.find_job(need.job)) dependents[*upstream].push_back(job);
    }
  }
  return dependents;
}

void wait_for_needs(Turn& turn, Run& run, bool triggers) {
  const std::size_t count = needs_of(turn.s, run.job).size();
  if (count == 0) return;
  const bool may_trigger = triggers && turn.s.mode == Mode::working && decides(turn.s, run.job);
  for (std::size_t nth = 0; nth < count; ++nth) {
    NeedVerdict verdict = judge_need(turn.s, run.job, &run, nth, turn.now);
    if (verdict.answer == NeedAnswer::stale && may_trigger) {
      const JobIndex upstream = *turn.s.find_job(needs_of(turn.s, run.job)[nth].job);
      verdict.upstream = trigger_upstream(turn, run, upstream);
    }
    set_upstream(turn, run, nth, verdict.upstream);
  }
  keep_need_clock(turn, run.job);
}

void lend_rank_anew(Turn& turn, const Run& run) {
  pass_ranks_on(turn, run.id);  // what it was lent may be no better than its own now
  for (const NeedWait& wait : run.waits) {
    if (wait.upstream) pass_ranks_on(turn, *wait.upstream);
  }
}

void stop_waiting_for_needs(Turn& turn, Run& run) {
  if (run.waits.empty()) return;
  for (std::size_t nth = 0; nth < run.waits.size(); ++nth) {
    const auto before = std::exchange(run.waits[nth].upstream, std::nullopt);
    if (before) pass_ranks_on(turn, *before);
  }
  keep_need_clock(turn, run.job);
}

void forget_needs(Turn& turn, JobIndex job) {
  for (const RunId id : turn.job(job).open) {
    stop_waiting_for_needs(turn, turn.run(id));
    turn.run(id).waits.clear();
  }
}

void upstream_ended(Turn& turn, const Run& upstream, bool success) {
  const bool replaced = upstream.cancelled && upstream.reason == Reason::overlap;
  std::vector<JobIndex> waited;
  for_dependent_runs(turn.s, upstream.job, [&](Run& run) {
    const Needs& needs = needs_of(turn.s, run.job);
    for (std::size_t nth = 0; nth < run.waits.size() && nth < needs.size(); ++nth) {
      if (needs[nth].job != turn.s.spec_of(upstream.job).name) continue;
      NeedWait& wait = run.waits[nth];
      if (success) wait.failed = false;
      if (wait.upstream != upstream.id) continue;
      wait.upstream.reset();
      wait.failed = !success && !replaced;
      waited.push_back(run.job);
    }
    look_again(turn, run);
  });
  for (const JobIndex job : waited) keep_need_clock(turn, job);
}

void look_again_at_dependents(Turn& turn, JobIndex job) {
  for_dependent_runs(turn.s, job, [&](Run& run) { look_again(turn, run); });
}

std::optional<Instant> need_wait_ends(const State& s, const Run& run) {
  std::optional<Instant> earliest;
  if (run.stand != Stand::parked) return earliest;  // it is being asked again already
  const Needs& needs = needs_of(s, run.job);
  for (std::size_t nth = 0; nth < run.waits.size() && nth < needs.size(); ++nth) {
    if (!run.waits[nth].upstream) continue;
    const Instant at = saturating_add(run.queued_at, needs[nth].wait);
    if (!earliest || at < *earliest) earliest = at;
  }
  return earliest;
}

void fire_need_waits(Turn& turn, JobIndex job) {
  for (const RunId id : turn.job(job).open) {
    Run& run = turn.run(id);
    const auto ends = need_wait_ends(turn.s, run);
    if (ends && *ends <= turn.now) look_again(turn, run);
  }
}

}  // namespace takt::core
