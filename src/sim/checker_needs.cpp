#include "sim/checker_needs.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace takt::sim {
namespace {

constexpr std::string_view kLaw = "S14";

bool ended_ok(const BookRun& run) {
  return run.over && run.over->disposition == core::Disposition::ran &&
         run.over->outcome == core::Outcome::ok;
}

/// It was ended for a newer one of its job, which brings what it did not.
bool was_replaced(const BookRun& run) {
  return run.over && run.over->reason == core::Reason::overlap;
}

}  // namespace

bool NeedCheck::is_fresh(JobIndex job, const core::Need& need, Instant at) const {
  const auto upstream = context_.job_of(need.job);
  if (!upstream) return false;
  const auto& brought = book_.jobs[*upstream].last_success;
  if (!brought) return false;
  if (need.fresh) return at - *brought <= *need.fresh;
  const auto& used = book_.jobs[job].last_success_started;
  return !used || *brought > *used;
}

std::optional<RunId> NeedCheck::under_way(JobIndex job) const {
  for (const RunId id : book_.jobs[job].open) {
    if (book_.find(id)->over) continue;
    return book_.has_attempt(id) || book_.can_bring(job) ? std::optional{id} : std::nullopt;
  }
  return std::nullopt;
}

NeedCheck::One NeedCheck::judge(const BookRun& run, std::size_t nth, Instant at) const {
  const core::Need& need = needs_of(run)[nth];
  if (is_fresh(run.job, need, at)) return One::fresh;
  if (saturating_add(run.queued_at, need.wait) <= at) return One::timed_out;
  if (nth < run.joins.size() && run.joins[nth].failed) return One::failed;
  const auto upstream = context_.job_of(need.job);
  if (!upstream) return One::failed;
  if (under_way(*upstream)) return One::joined;
  return book_.can_bring(*upstream) ? One::stale : One::failed;
}

NeedsAnswer NeedCheck::answer(const BookRun& run, Instant at) const {
  if (run.forced) return NeedsAnswer::pass;
  NeedsAnswer worst = NeedsAnswer::pass;
  for (std::size_t nth = 0; nth < needs_of(run).size(); ++nth) {
    const One one = judge(run, nth, at);
    if (one == One::fresh) continue;
    if (one == One::joined || one == One::stale) {
      worst = std::max(worst, NeedsAnswer::wait);
    } else if (needs_of(run)[nth].on_timeout != core::OnTimeout::run) {
      worst = NeedsAnswer::refused;
    }
  }
  return worst;
}

/// Something has happened since the run was queued that answers its on_timeout: rows tell of a run of
/// the other job that ended without success, or nobody can bring it now.
bool NeedCheck::failed_since(const BookRun& run, JobIndex upstream) const {
  if (!book_.can_bring(upstream)) return true;
  const auto& failed = book_.jobs[upstream].last_not_brought;
  return failed && *failed >= run.queued_at;
}

void NeedCheck::turn(const core::Batch& batch, const ToldFacts& told) {
  const Book::Turn& turn = book_.turn();
  if (context_.fleet_has_needs) hear_of_ends();
  for (const RunId id : turn.made) check_trigger(*book_.find(id));
  check_starts();
  for (const RunId id : turn.over) check_given_up(*book_.find(id));
  for (const core::Row& row : batch.rows) {
    const auto* slots = std::get_if<core::SlotsRow>(&row);
    const auto job = slots != nullptr ? context_.job_of(slots->job) : std::nullopt;
    if (job) check_slots(*slots, *job);
  }
  if (!context_.fleet_has_needs) return;
  for (auto& [id, run] : book_.runs) {
    if (!run.over && !needs_of(run).empty()) join(run);
  }
  if (told.working) check_lent_ranks();  // one that stops asks nobody what he waits for
  for (const RunId id : turn.made) expect_an_answer(*book_.find(id), told);
}

void NeedCheck::check_starts() {
  for (const Token token : book_.turn().started) {
    const auto lease = book_.leases.find(token);
    if (lease == book_.leases.end()) continue;
    if (const BookRun* run = book_.find(lease->second.run)) check_start(*run);
  }
}

/// Of a new run: its wait has an end.
void NeedCheck::expect_an_answer(const BookRun& run, const ToldFacts& told) {
  if (run.over) return;
  for (const core::Need& need : needs_of(run)) {
    context_.require(saturating_add(run.queued_at, need.wait) + kStartTolerance,
                     Duty::need_wait_over, run.id.value);
  }
  if (told.working && waits_in_a_circle(run.id)) {
    context_.violation(kLaw, fmt::format("run {} waits for itself", run.id.value));
  }
}

void NeedCheck::hear_of_ends() {
  const Book::Turn& turn = book_.turn();
  for (const RunId id : turn.over) {
    const BookRun& upstream = *book_.find(id);
    for (auto& [waiting, run] : book_.runs) {
      if (waiting != id && !run.over) hear(run, upstream);
    }
    if (!ended_ok(upstream) && !was_replaced(upstream)) {
      book_.jobs[upstream.job].last_not_brought = turn.at;
    }
  }
}

void NeedCheck::hear(BookRun& run, const BookRun& upstream) {
  const core::Needs& needs = needs_of(run);
  const Book::Turn& turn = book_.turn();
  const bool is_new = std::ranges::count(turn.made, upstream.id) > 0;
  for (std::size_t nth = 0; nth < needs.size(); ++nth) {
    if (context_.job_of(needs[nth].job) != upstream.job) continue;
    if (is_new && !book_.has_attempt(run.id)) run.unclear = true;  // it may have joined and lost it
    if (nth >= run.joins.size()) continue;
    Join& join = run.joins[nth];
    if (ended_ok(upstream)) join.failed = false;
    if (join.upstream != upstream.id) {
      if (!ended_ok(upstream)) run.unclear = true;  // it may have joined it unseen
      continue;
    }
    join.upstream.reset();
    join.failed = !ended_ok(upstream) && !was_replaced(upstream);
    const bool still_waits = run.state == core::RunState::waiting && !run.started_at &&
                             !run.forced && !run.unclear && !book_.has_attempt(run.id) &&
                             !book_.is_blocked(run);
    if (!join.failed || !still_waits || is_fresh(run.job, needs[nth], turn.at)) continue;
    if (needs[nth].on_timeout == core::OnTimeout::run) continue;
    context_.violation(
        kLaw, fmt::format("{}: run {} has not heard that run {} of {} failed",
                          context_.name(run.job), run.id.value, upstream.id.value, needs[nth].job));
  }
}

/// It is asked in this turn for certain: its turn has just come, a run of a job that it needs is over, or
/// the fleet is reloaded.
bool NeedCheck::is_asked(const BookRun& run) const {
  if (run.joins.empty() || book_.turn().reloaded) return true;
  return std::ranges::any_of(book_.turn().over, [&](RunId id) {
    const std::string_view ended = context_.name(book_.find(id)->job);
    return std::ranges::any_of(needs_of(run),
                               [&](const core::Need& need) { return need.job == ended; });
  });
}

/// Who triggers a run needs its job, and is asked about all its needs.
void NeedCheck::check_trigger(BookRun& triggered) {
  if (triggered.cause != core::Cause::dependency) return;
  BookRun* run = triggered.triggered_by ? book_.find(*triggered.triggered_by) : nullptr;
  const bool is_needed =
      run != nullptr && std::ranges::any_of(needs_of(*run), [&](const auto& need) {
        return need.job == context_.name(triggered.job);
      });
  if (!is_needed) {
    context_.violation(kLaw, fmt::format("{}: run {} is triggered by nobody who needs it",
                                         context_.name(triggered.job), triggered.id.value));
    return;
  }
  if (run->over || book_.has_attempt(run->id)) return;
  triggered.comes_late = run->eligible_since || run->unclear || run->comes_late;
  run->unclear = false;
  run->eligible_since.reset();
  const bool has_failed = std::ranges::any_of(run->joins, &Join::failed);
  if (!has_failed) run->joins.clear();
}

/// Whom it waits for from now on.
void NeedCheck::join(BookRun& run) {
  const Instant at = book_.turn().at;
  const bool stands = !run.forced && !book_.has_attempt(run.id) && !book_.is_blocked(run) &&
                      (run.state == core::RunState::waiting ||
                       (run.state == core::RunState::retrying && run.retry_at <= at));
  if (!stands || answer(run, at) != NeedsAnswer::wait || run.eligible_since || run.unclear) {
    for (Join& join : run.joins) join.upstream.reset();
    return;
  }
  if (!is_asked(run)) {  // the end of a wait asks too, and joins nobody new
    for (std::size_t nth = 0; nth < run.joins.size(); ++nth) {
      if (judge(run, nth, at) != One::joined) run.joins[nth].upstream.reset();
    }
    return;
  }
  run.joins.resize(needs_of(run).size());
  for (std::size_t nth = 0; nth < run.joins.size(); ++nth) {
    const auto upstream = context_.job_of(needs_of(run)[nth].job);
    const bool joins = judge(run, nth, at) == One::joined;
    run.joins[nth].upstream = joins ? under_way(*upstream) : std::nullopt;
  }
}

void NeedCheck::check_start(const BookRun& run) {
  if (run.forced) return;
  const Instant at = book_.turn().at;
  for (const core::Need& need : needs_of(run)) {
    if (is_fresh(run.job, need, at)) continue;
    const auto upstream = context_.job_of(need.job);
    const bool is_over = saturating_add(run.queued_at, need.wait) <= at;
    const bool may_run = need.on_timeout == core::OnTimeout::run &&
                         (is_over || !upstream || failed_since(run, *upstream));
    if (may_run) continue;
    context_.violation(kLaw, fmt::format("{}: run {} starts and {} is not fresh",
                                         context_.name(run.job), run.id.value, need.job));
  }
}

void NeedCheck::check_given_up(const BookRun& run) {
  if (!run.over || run.over->disposition != core::Disposition::skipped) return;
  const Instant at = book_.turn().at;
  const core::Reason reason = run.over->reason.value_or(core::Reason::disabled);
  if (reason != core::Reason::dep_timeout && reason != core::Reason::dep_failed) return;
  const bool is_true = std::ranges::any_of(needs_of(run), [&](const core::Need& need) {
    if (need.on_timeout == core::OnTimeout::run || is_fresh(run.job, need, at)) return false;
    if (reason == core::Reason::dep_timeout) return saturating_add(run.queued_at, need.wait) <= at;
    const auto upstream = context_.job_of(need.job);
    return !upstream || failed_since(run, *upstream);
  });
  if (is_true) return;
  context_.violation(kLaw, fmt::format("{}: run {} is skipped ({}) without evidence",
                                       context_.name(run.job), run.id.value, word(reason)));
}

/// A slot that makes no run has nothing to wait for: nobody can bring what it needs.
void NeedCheck::check_slots(const core::SlotsRow& row, JobIndex job) {
  if (row.disposition != core::Disposition::skipped) return;
  if (row.reason == core::Reason::dep_timeout) {
    context_.violation(kLaw,
                       fmt::format("{}: slots {}..{} never waited", row.job, row.first, row.last));
  }
  if (row.reason != core::Reason::dep_failed) return;
  const core::Needs& needs = *context_.spec(job).needs;
  const bool is_true = std::ranges::any_of(needs, [&](const core::Need& need) {
    const auto upstream = context_.job_of(need.job);
    return !is_fresh(job, need, book_.turn().at) &&
           (!upstream || !book_.can_bring(*upstream) || book_.jobs[*upstream].could_not_bring);
  });
  if (is_true) return;
  context_.violation(kLaw, fmt::format("{}: slots {}..{} are skipped (dep_failed) without evidence",
                                       row.job, row.first, row.last));
}

/// Runs that others wait for have the best rank that these lend (S15).
void NeedCheck::check_lent_ranks() {
  std::map<RunId, const BookRun*> best;
  for (const auto& [id, run] : book_.runs) {
    if (run.over || run.unclear) continue;
    if (run.slot_due && core::follows_the_wall(context_.spec(run.job).schedule))
      continue;  // a step
    for (const Join& join : run.joins) {
      if (!join.upstream) continue;
      const BookRun*& known = best[*join.upstream];
      const bool is_best = known == nullptr || book_.rank_to_lend(run) < book_.rank_to_lend(*known);
      if (is_best) known = &run;
    }
  }
  for (const auto& [id, from] : best) {
    const BookRun* run = book_.find(id);
    if (run == nullptr || run->over || run->rank() <= book_.rank_to_lend(*from)) continue;
    context_.violation("S15", fmt::format("{}: run {} does not inherit the rank of run {} of {}",
                                          context_.name(run->job), id.value, from->id.value,
                                          context_.name(from->job)));
  }
}

bool NeedCheck::waits_in_a_circle(RunId from) const {
  if (book_.find(from)->joins.empty()) return false;
  std::set<RunId> seen;
  std::vector<RunId> todo{from};
  while (!todo.empty()) {
    const BookRun* run = book_.find(todo.back());
    todo.pop_back();
    if (run == nullptr) continue;
    for (const Join& join : run->joins) {
      if (!join.upstream) continue;
      if (*join.upstream == from) return true;
      if (seen.insert(*join.upstream).second) todo.push_back(*join.upstream);
    }
  }
  return false;
}

void NeedCheck::missed_end_of_wait(RunId id) {
  const BookRun* run = book_.find(id);
  if (run == nullptr || run->state != core::RunState::waiting || run->started_at) return;
  if (book_.has_attempt(id) || book_.is_blocked(*run) || context_.draining) return;
  if (run->eligible_since || run->unclear) return;
  for (std::size_t nth = 0; nth < run->joins.size(); ++nth) {
    const core::Need& need = needs_of(*run)[nth];
    const bool is_over =
        saturating_add(run->queued_at, need.wait) + kStartTolerance <= context_.now;
    const bool waits = run->joins[nth].upstream && !is_fresh(run->job, need, context_.now);
    if (!is_over || !waits || need.on_timeout == core::OnTimeout::run) continue;
    context_.violation(kLaw, fmt::format("{}: run {} waits for {} beyond its wait",
                                         context_.name(run->job), id.value, need.job));
    return;
  }
}

}  // namespace takt::sim
