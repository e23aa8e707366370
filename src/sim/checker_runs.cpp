#include "sim/checker_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace takt::sim {
namespace {

constexpr Duration kAskAgain = std::chrono::seconds{5};
constexpr int kLossesAllowed = 2;

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

RunCheck::RunCheck(CheckContext& context, SlotCheck& slots)
    : context_(context), slots_(slots), folds_(context.fleet.jobs.size()) {}

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

void RunCheck::run(const core::RunRow& row, JobIndex job) {
  if (was_ended(row.run)) {
    context_.violation("S6", fmt::format("{}: run {} is over and told again as {}", row.job,
                                         row.run.value, word(row.state)));
    return;
  }
  const auto [found, is_new] = open_.try_emplace(row.run);
  Run& run = found->second;
  if (is_new) {
    run.job = job;
    run.eligible = context_.on_line(row.queued_at);
    if (row.slot_at) run.slot_due = context_.on_line(*row.slot_at);
    folds_[job].open += 1;
    folds_[job].made += 1;
    made_.push_back(row.run);
    slots_.run_made(row, job);
    context_.require(context_.now + kStartTolerance, Duty::run_started, row.run.value);
  }
  if (row.state != core::RunState::ended) return;
  run.settled = row;
  settled_.push_back(row.run);
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
  if (run.losses > kLossesAllowed) broken("S6", "is beyond the budget of losses");
  if (context_.on_line(row.started_at) < run.eligible) broken("S6", "does not wait long enough");
  run.attempts = row.attempt;
  if (run.last_token) context_.attempts.erase(*run.last_token);
  run.last_token = row.token;
  run.last.reset();
}

void RunCheck::ended_attempt(Run& run, const core::AttemptRow& row, AttemptFacts& facts) {
  if (facts.outcome) {
    if (facts.outcome != row.outcome) {
      context_.violation(
          "S7", fmt::format("{}: run {} attempt {} was {} and now is {}", row.job, row.run.value,
                            row.attempt, word(*facts.outcome), word(*row.outcome)));
    }
    return;
  }
  facts.outcome = row.outcome;
  check_truth(row, facts);
  count(run, row);
}

void RunCheck::check_truth(const core::AttemptRow& row, const AttemptFacts& facts) {
  const auto lie = [&](std::string_view invariant, std::string_view what) {
    context_.violation(invariant,
                       fmt::format("{}: run {} attempt {} is recorded as {}, {}", row.job,
                                   row.run.value, row.attempt, word(*row.outcome), what));
  };
  if (facts.started && !facts.dead) lie("S8", "but its tree lives");
  if (row.exit_code && row.exit_code != facts.exit_code) lie("S7", "but its exit code was another");
  if (row.signal && row.signal != facts.signal) lie("S7", "but it did not die of that signal");
  switch (*row.outcome) {
    case core::Outcome::ok:
      if (facts.exit_code != 0) lie("S7", "but did not exit with 0");
      return;
    case core::Outcome::failed:
      if (facts.exit_code == 0) lie("S7", "but exited with 0");
      if (!facts.exit_code && !facts.signal) lie("S7", "but nobody saw it end");
      return;
    case core::Outcome::lost:
      if (facts.life == context_.life) lie("S7", "but its daemon never went away");
      return;
    case core::Outcome::spawn_failed:
      if (facts.started) lie("S7", "but it ran");
      return;
    case core::Outcome::hung:
    case core::Outcome::timeout:
      check_killed(row, facts);
      return;
    case core::Outcome::cancelled:
    case core::Outcome::oom:
    case core::Outcome::browser_lost:
      return;
  }
}

void RunCheck::check_killed(const core::AttemptRow& row, const AttemptFacts& facts) {
  const core::JobSpec& spec = context_.spec(facts.job);
  const bool is_hung = row.outcome == core::Outcome::hung;
  const auto limit = is_hung ? spec.hung_after : spec.timeout;
  const bool was_killed = facts.started && facts.signalled;
  if (was_killed && limit && *facts.signalled - *facts.started >= *limit) return;
  const auto quiet_since = facts.last_beat ? facts.last_beat : facts.started;
  const bool was_silent = was_killed && is_hung && spec.beat_within &&
                          *facts.signalled - *quiet_since >= *spec.beat_within;
  if (was_silent) return;
  context_.violation("S7", fmt::format("{}: run {} attempt {} is recorded as {}, but it was {}",
                                       row.job, row.run.value, row.attempt, word(*row.outcome),
                                       !facts.started     ? "never started"
                                       : !facts.signalled ? "never signalled"
                                                          : "not that old or silent"));
}

void RunCheck::count(Run& run, const core::AttemptRow& row) {
  const core::RetryPolicy& policy = context_.spec(run.job).retry;
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
  std::vector<JobIndex> jobs_with_new_runs;
  for (const RunId id : made_) jobs_with_new_runs.push_back(open_.at(id).job);
  for (const RunId id : std::exchange(settled_, {})) {
    const auto found = open_.find(id);
    if (found != open_.end()) settle(id, found->second);
  }
  for (const JobIndex job : jobs_with_new_runs) folds_[job].made = 0;
  for (const RunId id : std::exchange(made_, {})) {
    if (const auto found = open_.find(id); found != open_.end()) found->second.is_new = false;
  }
  for (const JobIndex job : std::exchange(touched_, {})) {
    Fold& fold = folds_[job];
    fold.touched = fold.was_paused = fold.was_quarantined = false;
    check_heartbeat(job);
  }
}

void RunCheck::settle(RunId id, Run& run) {
  const core::RunRow& row = *run.settled;
  const Instant ended = row.ended_at ? context_.on_line(*row.ended_at) : context_.now;
  Fold& fold = folds_[run.job];
  touch(run.job);
  check_may_end(row, run);
  fold.open -= 1;
  // What an end brings about, its recovery run for one, is made after it and told beside it.
  const int older = fold.open - fold.made + (run.is_new ? 1 : 0);
  if (older == 0) slots_.run_ended(run.job, ended, fold.open > 0);
  if (row.disposition == core::Disposition::ran && row.outcome) {
    fold.last_outcome = row.outcome;
    if (row.outcome == core::Outcome::ok) {
      fold.consecutive_failures = 0;
      fold.last_success = ended;
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
  if (is_held(job) || !context_.spec(job).enabled) return true;
  const auto is_alive = [](const auto& entry) {
    return entry.second.attempts > 0 && !entry.second.last;
  };
  return std::ranges::count_if(open_, is_alive) >= context_.fleet.max_running;
}

void RunCheck::missed_start(RunId id) {
  const auto found = open_.find(id);
  if (found == open_.end() || found->second.attempts > 0) return;
  const Run& run = found->second;
  if (may_be_held(run.job) || folds_[run.job].open > 1) {  // or an older run stands in the way
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
  if (may_be_held(run.job)) {
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
