#include "sim/checker_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace takt::sim {
namespace {

constexpr Duration kAskAgain = std::chrono::seconds{5};
constexpr int kLossesAllowed = 2;
constexpr int kQueueMax = 2;  // runs of one job that wait at once, where overlap forbids two

/// The law's own form of the wait before the attempt after the `nth` that counts; jitter's lower
/// end.
Duration shortest_wait(const core::RetryPolicy& policy, int nth) {
  const double grown = static_cast<double>(policy.first.count()) * std::pow(policy.factor, nth - 1);
  const double capped = std::min(grown, static_cast<double>(policy.max.count()));
  return Duration{static_cast<std::int64_t>(capped * (1 - policy.jitter))};
}

Duration longest_wait(const core::RetryPolicy& policy, int nth) {
  return Duration{static_cast<std::int64_t>(
      static_cast<double>(
          shortest_wait(
              {.first = policy.first, .factor = policy.factor, .max = policy.max, .jitter = 0}, nth)
              .count()) *
      (1 + policy.jitter))};
}

bool is_failure(core::Outcome outcome) {
  return outcome == core::Outcome::failed || outcome == core::Outcome::timeout ||
         outcome == core::Outcome::oom || outcome == core::Outcome::spawn_failed;
}

bool is_loss(core::Outcome outcome) {
  return outcome == core::Outcome::lost || outcome == core::Outcome::browser_lost;
}

bool is_retried(const core::JobSpec& spec, core::Outcome outcome, std::optional<int> exit_code) {
  return std::ranges::count(spec.retry.on, outcome) > 0 ||
         (exit_code && std::ranges::count(spec.retry.on_exit_codes, *exit_code) > 0);
}

}  // namespace

RunCheck::RunCheck(CheckContext& context, SlotCheck& slots, const AdmissionCheck& admission)
    : context_(context), slots_(slots), admission_(admission), folds_(context.fleet.jobs.size()) {}

void RunCheck::touch(JobIndex job) {
  if (folds_[job].touched) return;
  folds_[job].touched = true;
  touched_.push_back(job);
}

bool RunCheck::was_ended(RunId run) const {
  const auto at = static_cast<std::size_t>(run.value);
  return at < ended_.size() && ended_[at];
}

std::optional<Instant> RunCheck::slot_of(RunId run) const {
  const auto found = open_.find(run);
  return found == open_.end() ? std::nullopt : found->second.slot_due;
}

std::optional<Instant> RunCheck::free_slot_of(RunId id) const {
  const auto found = open_.find(id);
  if (found == open_.end()) return std::nullopt;
  const Run& run = found->second;
  const bool is_free = run.cause == core::Cause::schedule && run.attempts == 1 && !run.was_held;
  return is_free ? run.slot_due : std::nullopt;
}

bool RunCheck::run(const core::RunRow& row, JobIndex job) {
  if (was_ended(row.run)) {
    context_.violation("S6", fmt::format("{}: run {} is over and told again as {}", row.job,
                                         row.run.value, word(row.state)));
    return false;
  }
  const auto [found, is_new] = open_.try_emplace(row.run);
  Run& run = found->second;
  if (is_new) {
    run.job = job;
    run.cause = row.cause;
    run.eligible = context_.on_line(row.queued_at);
    if (row.slot_at) run.slot_due = context_.on_line(*row.slot_at);
    folds_[job].open += 1;
    folds_[job].made += 1;
    made_.emplace_back(row.run, job);
    slots_.run_made(row, job);
    context_.require(context_.now + kStartTolerance, Duty::run_started, row.run.value);
  }
  run.was_held |= !row.gates.empty();
  run.cancelled |= row.reason.has_value();
  if (is_new) check_queue(row, job);
  if (row.state == core::RunState::ended) {
    run.settled = &row;
    settled_.push_back(row.run);
  }
  return is_new;
}

void RunCheck::check_queue(const core::RunRow& row, JobIndex job) {
  const core::JobSpec& spec = context_.spec(job);
  const Fold& fold = folds_[job];
  // What ends in the turn that makes it never waits, and makes room for the next.
  if (row.state == core::RunState::ended) return;
  const auto is_gone = [&](RunId id) {
    const Run& run = open_.at(id);
    return run.job == job && run.attempts == 0;
  };
  const auto gone = static_cast<int>(std::ranges::count_if(settled_, is_gone));
  const int waiting = fold.open - fold.alive - fold.backing - gone;
  if (spec.overlap == core::Overlap::allow || spec.catchup == core::Catchup::all) return;
  if (waiting <= kQueueMax) return;
  context_.violation(
      "S13", fmt::format("{}: run {} is the {}th that waits", spec.name, row.run.value, waiting));
}

void RunCheck::attempt(const core::AttemptRow& row, JobIndex job) {
  touch(job);
  const auto found = open_.find(row.run);
  if (found == open_.end()) {
    context_.violation("S2",
                       fmt::format("{}: attempt {} of run {}, which is {}", row.job, row.attempt,
                                   row.run.value, was_ended(row.run) ? "over" : "not recorded"));
    return;
  }
  Run& run = found->second;
  AttemptFacts* facts = context_.attempt(row.token);
  if (facts == nullptr) {
    new_attempt(run, row);
    facts = &context_.attempts[row.token];
    facts->run = row.run;
    facts->number = row.attempt;
    facts->job = job;
    facts->life = context_.life;
  }
  facts->row_started = context_.on_line(row.started_at);
  facts->pid = row.process.pid;
  facts->start_ticks = row.process.start_ticks;
  if (row.outcome) ended_attempt(run, row, *facts);
}

void RunCheck::new_attempt(Run& run, const core::AttemptRow& row) {
  const core::JobSpec& spec = context_.spec(run.job);
  const auto broken = [&](std::string_view invariant, std::string_view what) {
    context_.violation(invariant, fmt::format("{}: attempt {} of run {} {}", row.job, row.attempt,
                                              row.run.value, what));
  };
  if (row.attempt != run.attempts + 1) broken("S2", "is out of order");
  if (run.attempts > 0 && !run.last) broken("S2", "comes before the last one's end");
  if (run.last == core::Outcome::ok) broken("S6", "follows a success");
  if (run.last == core::Outcome::hung) broken("S6", "follows a hang");
  if (run.last && is_failure(*run.last)) {
    if (run.failures > spec.retry.retries) broken("S6", "is beyond its retries");
    if (!is_retried(spec, *run.last, run.last_exit)) broken("S6", "retries what is not retried");
  }
  const bool is_repeated = run.last == core::Outcome::lost || run.last == core::Outcome::cancelled;
  if (is_repeated && spec.delivery == core::Delivery::at_most_once) {
    broken("S6", "repeats what may run at most once");
  }
  if (run.cancelled) broken("S6", "follows a cancellation");
  if (run.losses > kLossesAllowed) broken("S6", "is beyond the budget of losses");
  if (context_.on_line(row.started_at) < run.eligible) broken("S6", "does not wait long enough");
  Fold& fold = folds_[run.job];
  fold.alive += 1;
  if (run.last) fold.backing -= 1;
  run.attempts = row.attempt;
  if (run.last_token) context_.attempts.erase(*run.last_token);
  run.last_token = row.token;
  run.last.reset();
}

void RunCheck::count(Run& run, const core::AttemptRow& row) {
  const core::RetryPolicy& policy = context_.spec(run.job).retry;
  folds_[run.job].alive -= 1;
  folds_[run.job].backing += 1;
  run.last = row.outcome;
  run.last_exit = row.exit_code;
  const Instant end = row.ended_at ? context_.on_line(*row.ended_at) : context_.now;
  int counted = 0;
  if (is_failure(*row.outcome)) counted = ++run.failures;
  if (is_loss(*row.outcome)) counted = ++run.losses;
  run.eligible = end;
  Instant eligible_last = end;
  if (counted > 0) {
    run.eligible = end + shortest_wait(policy, counted);
    eligible_last = end + longest_wait(policy, counted);
  }
  context_.require(std::max(eligible_last, context_.now) + kStartTolerance, Duty::retry_started,
                   row.run.value, row.attempt + 1);
}

void RunCheck::batch_done() {
  for (const RunId id : settled_) {
    const auto found = open_.find(id);
    if (found != open_.end()) settle(id, found->second);
  }
  for (const auto& [id, job] : made_) {
    folds_[job].made = 0;
    if (const auto found = open_.find(id); found != open_.end()) found->second.is_new = false;
  }
  for (const JobIndex job : touched_) {
    Fold& fold = folds_[job];
    fold.touched = fold.was_paused = fold.was_quarantined = false;
    check_heartbeat(job);
  }
  settled_.clear();  // all three keep their room for the next batch
  made_.clear();
  touched_.clear();
}

void RunCheck::settle(RunId id, Run& run) {
  const core::RunRow& row = *run.settled;
  const Instant ended = row.ended_at ? context_.on_line(*row.ended_at) : context_.now;
  Fold& fold = folds_[run.job];
  touch(run.job);
  check_may_end(row, run);
  fold.open -= 1;
  if (run.attempts > 0) (run.last ? fold.backing : fold.alive) -= 1;
  // What an end brings about, its recovery run for one, is made after it and told beside it.
  const int older = fold.open - fold.made + (run.is_new ? 1 : 0);
  if (older == 0) slots_.run_ended(run.job, ended, fold.open > 0);
  if (row.disposition == core::Disposition::ran && row.outcome) {
    fold.last_outcome = row.outcome;
    if (row.outcome == core::Outcome::ok) {
      fold.consecutive_failures = 0;
      fold.last_success = ended;
      fold.last_success_started = std::nullopt;
      if (row.started_at) fold.last_success_started = context_.on_line(*row.started_at);
    } else if (is_failure(*row.outcome) || row.outcome == core::Outcome::hung) {
      fold.consecutive_failures += 1;
      fold.last_failure = ended;
    }
  }
  if (static_cast<std::size_t>(id.value) >= ended_.size()) {
    ended_.resize(static_cast<std::size_t>(id.value) * 2 + 64);
  }
  ended_[static_cast<std::size_t>(id.value)] = true;
  if (run.last_token) context_.attempts.erase(*run.last_token);
  open_.erase(id);
}

void RunCheck::check_may_end(const core::RunRow& row, const Run& run) {
  const core::JobSpec& spec = context_.spec(run.job);
  const auto broken = [&](std::string_view invariant, std::string_view what) {
    context_.violation(invariant,
                       fmt::format("{}: run {} is over ({}) {}", row.job, row.run.value,
                                   row.outcome ? word(*row.outcome) : "no outcome", what));
  };
  if (!row.disposition) broken("S1", "without a disposition");
  if (run.attempts == 0) {
    if (row.disposition == core::Disposition::ran) broken("S7", "as ran, but had no attempt");
    return;
  }
  if (row.disposition != core::Disposition::ran) broken("S7", "as not run, but had attempts");
  if (!run.last) {
    broken("S7", "while its last attempt is not");
    return;
  }
  if (row.outcome == core::Outcome::cancelled) return;  // may come at any time
  if (row.outcome != run.last) broken("S7", "unlike its last attempt");
  if (is_failure(*run.last) && run.failures <= spec.retry.retries &&
      is_retried(spec, *run.last, run.last_exit)) {
    broken("S6", "with retries left");
  }
  if (is_loss(*run.last) && run.losses <= kLossesAllowed &&
      spec.delivery != core::Delivery::at_most_once) {
    broken("S6", "with losses left");
  }
}

void RunCheck::line_went_back() {
  for (auto& [id, run] : open_) {
    if (run.slot_due) run.slot_due = std::min(*run.slot_due, context_.now);
    if (run.attempts == 0) run.eligible = std::min(run.eligible, context_.now);
  }
}

void RunCheck::acknowledged(RunId run) {
  if (open_.contains(run) || was_ended(run)) return;
  context_.violation("S10",
                     fmt::format("run {} was acknowledged and is not in the store", run.value));
}

bool RunCheck::may_be_held(JobIndex job) const {
  if (is_held(job) || !context_.spec(job).enabled || context_.draining) return true;
  const auto is_alive = [](const auto& entry) {
    return entry.second.attempts > 0 && !entry.second.last;
  };
  return std::ranges::count_if(open_, is_alive) >= context_.fleet.max_running;
}

bool RunCheck::nothing_holds(RunId id, const Run& run) const {
  // With more than one an older run is in the way.
  return !may_be_held(run.job) && folds_[run.job].open <= 1 && !admission_.may_be_held(id);
}

void RunCheck::store_is_normal() {
  for (const auto& [id, run] : open_) {
    const bool has_begun = run.attempts > 0 || context_.now - run.eligible < kStoreReturnBound;
    if (has_begun || !nothing_holds(id, run)) continue;
    context_.violation("L7", fmt::format("{}: run {} still waits for a store that is back",
                                         context_.name(run.job), id.value));
  }
  for (const auto& [token, facts] : context_.attempts) {
    if (!facts.dead || facts.outcome || context_.now - *facts.dead < kStoreReturnBound) continue;
    context_.violation("L7", fmt::format("{}: the end of run {} is not recorded, and the store is "
                                         "back",
                                         context_.name(facts.job), facts.run.value));
  }
}

void RunCheck::missed_start(RunId id) {
  const auto found = open_.find(id);
  if (found == open_.end() || found->second.attempts > 0) return;
  const Run& run = found->second;
  if (!nothing_holds(id, run)) {
    context_.require(context_.now + kAskAgain, Duty::run_started, id.value);
    return;
  }
  context_.violation(
      "L1", fmt::format("{}: run {} waits and nothing holds it", context_.name(run.job), id.value));
}

void RunCheck::missed_retry(RunId id, int attempt) {
  const auto found = open_.find(id);
  if (found == open_.end() || found->second.attempts >= attempt) return;
  const Run& run = found->second;
  if (may_be_held(run.job) || admission_.may_be_held(id)) {
    context_.require(context_.now + kAskAgain, Duty::retry_started, id.value, attempt);
    return;
  }
  context_.violation("S6", fmt::format("{}: attempt {} of run {} does not come",
                                       context_.name(run.job), attempt, id.value));
}

void RunCheck::missed_end(Token token) {
  const AttemptFacts* facts = context_.attempt(token);
  if (facts == nullptr || facts->outcome) return;
  context_.violation("S7",
                     fmt::format("{}: run {} attempt {} is dead and still recorded as running",
                                 context_.name(facts->job), facts->run.value, facts->number));
}

}  // namespace takt::sim
