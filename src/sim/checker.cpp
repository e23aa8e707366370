#include "sim/checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace takt::sim {
namespace {

constexpr Duration kExpectDefault = std::chrono::minutes{1};
constexpr Duration kRecoveryPerRun{1};  // L2: R + 1 ms an open run
constexpr int kClassesOfWaiting = 3;    // L6
constexpr int kRunsAhead = 4;           // of each job, as expected

}  // namespace

Checker::Checker(const core::FleetSpec& fleet, Instant origin)
    : context_(fleet, origin),
      book_(context_),
      told_(context_),
      needs_(context_, book_),
      starvation_(context_, book_),
      admission_(context_, book_, needs_, told_, starvation_),
      pools_(context_, book_),
      slots_(context_),
      runs_(context_, slots_, admission_),
      trees_(context_),
      watch_(context_, runs_, book_),
      nodes_(context_),
      tokens_(context_),
      prompt_(context_),
      away_since_(origin) {}

void Checker::daemon_up(Instant at, WallTime wall, const std::optional<core::FleetRow>& fleet,
                        NodeId node) {
  // A new daemon knows the epoch only by the wall clock: a step that nobody recorded moves the
  // line.
  const Duration origin = context_.origin.time_since_epoch();
  const Duration epoch = fleet ? fleet->epoch.time_since_epoch() : wall.time_since_epoch();
  context_.wall_offset = epoch - origin;
  const Duration shift_before = shift_;
  shift_ = wall.time_since_epoch() - (epoch - origin) - at.time_since_epoch();
  move(at);
  wall_offsets_ = {{epoch - origin, context_.now}};
  nodes_.daemon_up(std::move(node));
  if (shift_ < shift_before) {
    runs_.line_went_back();
    slots_.line_went_back();
  }
  slots_.wall_moved();
  context_.life += 1;
  context_.life_began = context_.now;
  reconciled_ = context_.frozen = context_.draining = false;
  if (context_.life > 1) prompt_.gap(std::min(away_since_, context_.now), context_.now);
  context_.end_excuse(context_.daemon_away, kStartTolerance + kRecoveryBound);
  told_.daemon_up();
  book_.daemon_up(told_.now().pools);
  runs_.daemon_up();
  context_.require(context_.now + kRecoveryBound + runs_.open_at_start() * kRecoveryPerRun,
                   Duty::reconciled, context_.life);
  trees_.daemon_up();
  watch_.daemon_up();
}

void Checker::reconciled(Instant at) {
  move(at);
  reconciled_ = true;
  const Instant limit =
      std::max(context_.life_began + kRecoveryBound + runs_.open_at_start() * kRecoveryPerRun,
               context_.excused_until);
  if (context_.store_ill || context_.now <= limit) return;
  context_.violation("L2", "reconciling after a restart took too long");
}

void Checker::daemon_down(Instant at) {
  advance(at);
  if (!context_.daemon_away && !context_.frozen) away_since_ = context_.now;
  context_.excuse(context_.daemon_away);
  nodes_.daemon_down();
}

void Checker::stopping(Instant at) {
  advance(at);
  away_since_ = context_.now;
  context_.excuse(context_.daemon_away);
}

void Checker::frozen(Instant at) {
  advance(at);
  away_since_ = context_.now;
  context_.excuse(context_.frozen);
}

void Checker::thawed(Instant at) {
  move(at);
  if (!context_.frozen) return;  // it was killed in its sleep
  context_.awake_since = context_.now;
  prompt_.gap(away_since_, context_.now);
  context_.end_excuse(context_.frozen, kStartTolerance);
}

void Checker::told(Instant at, const core::Event& event) {
  move(at);
  told_.event(event);
}

void Checker::cleanup_asked(Instant at) {
  move(at);
  told_.cleanup_asked();
}

void Checker::draining(Instant at) {
  move(at);
  context_.draining = true;
}

void Checker::store_ill(Instant at) {
  advance(at);
  context_.excuse(context_.store_ill);
}

void Checker::store_well(Instant at) {
  move(at);
  context_.end_excuse(context_.store_ill, kStoreReturnBound);
  context_.require(context_.now + kStoreReturnBound, Duty::store_normal, context_.life);
}

void Checker::woke_up(Instant at, Duration slept) {
  move(at);
  context_.awake_since = context_.now;
  if (!context_.daemon_away && !context_.frozen) prompt_.gap(context_.now - slept, context_.now);
  context_.excused_until = std::max(context_.excused_until, context_.now + kStartTolerance);
}

void Checker::clock_stepped(Instant at, Duration by) {
  advance(at);  // what had to happen before it, by the clock of then
  wall_offsets_.push_back({wall_offsets_.back().offset + by, context_.now});
  context_.wall_offset = wall_offsets_.back().offset;
  if (by > kStartTolerance) context_.jumped_at = context_.now;
  slots_.wall_moved();
}

template <class RowType, class Judge>
void Checker::each(const core::Batch& batch, Judge judge) {
  for (const core::Row& row : batch.rows) {
    const auto* wanted = std::get_if<RowType>(&row);
    if (wanted == nullptr) continue;
    const auto job = context_.job_of(wanted->job);
    if (job) judge(*wanted, *job);
  }
}

void Checker::check_epoch(const core::Batch& batch) {
  context_.batch_offset = batch.fleet.epoch.time_since_epoch() - context_.origin.time_since_epoch();
  // A batch that was written before a step may be committed after it, one written after it not.
  for (auto known = wall_offsets_.begin(); known != wall_offsets_.end(); ++known) {
    const bool is_true = std::next(known) == wall_offsets_.end();
    if (known->offset != context_.batch_offset) continue;
    if (is_true || context_.on_line(batch.fleet.clock) <= std::next(known)->since) return;
  }
  context_.violation(
      "S5", fmt::format("the epoch is {} on a clock that says {}",
                        format_rfc3339(batch.fleet.epoch), format_rfc3339(batch.fleet.clock)));
  context_.batch_offset = wall_offsets_.back().offset;
}

void Checker::committed(Instant at, int life, const core::Batch& batch) {
  move(at);
  nodes_.committed(life, batch);
  check_epoch(batch);
  each<core::EventRow>(batch, [&](const auto& row, JobIndex job) { watch_.event(row, job); });
  each<core::RunRow>(batch, [&](const auto& row, JobIndex job) {
    tokens_.run_row(row);
    if (runs_.run(row, job)) prompt_.run_made(row, job);
  });
  each<core::AttemptRow>(batch, [&](const auto& row, JobIndex job) {
    tokens_.attempt_row(row);
    runs_.attempt(row, job);
  });
  each<core::SlotsRow>(batch, [&](const auto& row, JobIndex job) { slots_.slots(row, job); });
  each<core::JobRow>(batch, [&](const auto& row, JobIndex job) {
    runs_.job_row(row, job);
    watch_.job_row(row, job);
  });
  each<core::SlotsRow>(batch, [&](const auto& row, JobIndex job) { runs_.check_reason(row, job); });
  each<core::HeartbeatRow>(batch,
                           [&](const auto& row, JobIndex job) { runs_.heartbeat(row, job); });
  const ToldFacts told = told_.as_of(batch.seq);
  book_.open_turn(batch, told.pools);
  needs_.turn(batch, told);
  pools_.turn(batch, told);
  admission_.turn(told);
  book_.close_turn();
  tokens_.batch_done(batch.fleet);
  runs_.batch_done();
  slots_.batch_done();
}

void Checker::told_recorded(Instant at, Seq through) {
  move(at);
  nodes_.told_recorded(through);
}

void Checker::woken_for_nothing(Instant at) {
  move(at);
  prompt_.woken_for_nothing();
}

void Checker::acknowledged(Instant at, RunId run) {
  move(at);
  runs_.acknowledged(run);
}

void Checker::complain(Instant at, std::string_view invariant, std::string text) {
  move(at);
  context_.violation(invariant, std::move(text));
}

void Checker::tree_started(Instant at, const Start& start) {
  move(at);
  nodes_.tree_started(start.life, start.run);
  pools_.tree_started(start.token);
  trees_.started(start.token, start.run, start.attempt, start.job, runs_.slot_of(start.run));
  // A step of up to a second makes slots of the wall clock late and jumps over none.
  const bool goes_by_the_wall = core::follows_the_wall(context_.spec(start.job).schedule);
  const auto due = goes_by_the_wall ? std::nullopt : runs_.free_slot_of(start.run);
  if (due) prompt_.started_freely(*due);
}

void Checker::tree_signalled(Instant at, Token token) {
  move(at);
  trees_.signalled(token);
}

void Checker::tree_beat(Instant at, Token token) {
  move(at);
  trees_.beat(token);
}

void Checker::main_ended(Instant at, Token token, std::optional<int> exit_code,
                         std::optional<int> signal, bool out_of_memory) {
  move(at);
  trees_.main_ended(token, exit_code, signal, out_of_memory);
}

void Checker::output_stored(Instant at, Token token, std::int64_t emitted, std::int64_t stored,
                            std::int64_t cut) {
  move(at);
  trees_.output_stored(token, emitted, stored, cut);
}

void Checker::end_told(Instant at, Token token) {
  move(at);
  tokens_.end_told(token);
}

void Checker::kill_asked(Instant at, Token token) {
  move(at);
  tokens_.kill_asked(token);
}

void Checker::leftover_sought(Instant at, const core::AttemptRow& attempt) {
  move(at);
  tokens_.leftover_sought(attempt);
}

void Checker::tree_dead(Instant at, Token token) {
  move(at);
  pools_.tree_dead(token);
  trees_.dead(token);
}

void Checker::advance(Instant at) {
  move(at);
  while (const auto missed = context_.pop_missed()) judge(*missed);
}

void Checker::judge(const Deadline& missed) {
  switch (missed.duty) {
    case Duty::slot_decided:
      slots_.missed(static_cast<JobIndex>(missed.id), missed.detail);
      return;
    case Duty::run_started:
      runs_.missed_start(RunId{missed.id});
      return;
    case Duty::retry_started:
      runs_.missed_retry(RunId{missed.id}, static_cast<int>(missed.detail));
      return;
    case Duty::verdict_given:
      trees_.missed_verdict(Token{missed.id});
      return;
    case Duty::tree_dead:
      trees_.missed_death(Token{missed.id}, "L4");
      return;
    case Duty::orphan_dead:
      trees_.missed_death(Token{missed.id}, "S8");
      return;
    case Duty::end_recorded:
      runs_.missed_end(Token{missed.id});
      return;
    case Duty::reconciled:
      if (reconciled_ || missed.id != context_.life) return;
      context_.violation("L2", "what an earlier daemon left is not settled");
      return;
    case Duty::stuck_noticed:
      watch_.missed_verdict(static_cast<JobIndex>(missed.id));
      return;
    case Duty::store_normal:
      runs_.store_is_normal();
      return;
    case Duty::need_wait_over:
      needs_.missed_end_of_wait(RunId{missed.id});
      return;
    case Duty::not_starved:
      starvation_.missed_turn(RunId{missed.id});
      return;
  }
}

/// L6: a job that uses pools may have to wait for 3 x ageing and for whoever wants them too.
Duration Checker::wait_for_units(JobIndex index) const {
  if (context_.spec(index).uses->empty()) return Duration{0};
  Duration all = kClassesOfWaiting * context_.fleet.ageing;
  for (const core::JobSpec& job : context_.fleet.jobs) {
    if (!job.uses->empty()) all += kRunsAhead * job.expect.value_or(kExpectDefault);
  }
  return all;
}

/// L6: whether the job must have had a success by `at`, all being well since `healed`.
bool Checker::had_time_to_succeed(JobIndex job, Instant at, Instant healed) const {
  const core::JobSpec& spec = context_.spec(job);
  if (spec.overlap == core::Overlap::replace) return false;  // newer runs may always end older ones
  // What runs only when it is asked for is asked for in the middle.
  const bool is_manual = std::holds_alternative<core::Manual>(spec.schedule);
  const auto interval = is_manual ? std::optional{(at - healed) / 2} : core::longest_interval(spec);
  if (!interval || !spec.enabled || !spec.problem.empty() || runs_.is_held(job)) return false;
  if (slots_.waits_for_the_clock(job, *interval)) return false;
  if (!spec.needs->empty()) return false;  // what it needs may always come too late for it
  if (!spec.uses->empty() && spec.start_within) return false;  // and its units
  const Duration needed = (is_manual ? 1 : 2) * *interval +
                          10 * spec.expect.value_or(kExpectDefault) + wait_for_units(job);
  const Duration delay = is_manual ? Duration{0} : core::phase(spec);
  return at - healed >= needed && at + shift_ - context_.origin >= delay + needed;
}

void Checker::finish(Instant at, Instant healed) {
  advance(at);
  prompt_.finish();
  trees_.finish();
  if (context_.store_ill) context_.violation("L7", "the store is ill long after all faults ended");
  for (JobIndex job = 0; job < context_.fleet.jobs.size(); ++job) {
    if (!had_time_to_succeed(job, at, healed)) continue;
    const auto success = runs_.last_success(job);
    if (success && *success >= healed + shift_) continue;
    context_.violation("L6",
                       fmt::format("{} had no success since all faults ended", context_.name(job)));
  }
}

}  // namespace takt::sim
