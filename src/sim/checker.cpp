#include "sim/checker.h"

#include <fmt/format.h>

#include <algorithm>

namespace takt::sim {
namespace {

constexpr Duration kExpectDefault = std::chrono::minutes{1};

}  // namespace

Checker::Checker(const core::FleetSpec& fleet, Instant origin)
    : context_(fleet, origin),
      slots_(context_),
      runs_(context_, slots_),
      trees_(context_),
      watch_(context_, runs_) {}

void Checker::daemon_up(Instant at, WallTime wall, const std::optional<core::FleetRow>& fleet) {
  // A new daemon knows the epoch only by the wall clock: a step that nobody recorded moves the
  // line.
  const Duration origin = context_.origin.time_since_epoch();
  const Duration epoch = fleet ? fleet->epoch.time_since_epoch() : wall.time_since_epoch();
  wall_offsets_ = {epoch - origin};
  context_.wall_offset = wall_offsets_.back();
  const Duration shift_before = shift_;
  shift_ = wall.time_since_epoch() - wall_offsets_.back() - at.time_since_epoch();
  move(at);
  if (shift_ < shift_before) {
    runs_.line_went_back();
    slots_.line_went_back();
  }
  slots_.wall_moved();
  context_.life += 1;
  context_.life_began = context_.now;
  reconciled_ = false;
  context_.end_excuse(context_.daemon_away, kStartTolerance + kRecoveryBound);
  context_.require(context_.now + kRecoveryBound, Duty::reconciled, context_.life);
  trees_.daemon_up();
  watch_.daemon_up();
}

void Checker::reconciled(Instant at) {
  move(at);
  reconciled_ = true;
  const Instant limit = std::max(context_.life_began + kRecoveryBound, context_.excused_until);
  if (context_.store_ill || context_.now <= limit) return;
  context_.violation("L2", "reconciling after a restart took too long");
}

void Checker::daemon_down(Instant at) {
  advance(at);
  context_.excuse(context_.daemon_away);
}

void Checker::store_ill(Instant at) {
  advance(at);
  context_.excuse(context_.store_ill);
}

void Checker::store_well(Instant at) {
  move(at);
  context_.end_excuse(context_.store_ill, kStoreReturnBound);
}

void Checker::woke_up(Instant at) {
  move(at);
  context_.awake_since = context_.now;
  context_.excused_until = std::max(context_.excused_until, context_.now + kStartTolerance);
}

void Checker::clock_stepped(Instant at, Duration by) {
  move(at);
  wall_offsets_.push_back(wall_offsets_.back() + by);
  context_.wall_offset = wall_offsets_.back();
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
  // A batch that was written before a step may be committed after it.
  if (std::ranges::count(wall_offsets_, context_.batch_offset) > 0) return;
  context_.violation("S5", fmt::format("the epoch moved to {}", format_rfc3339(batch.fleet.epoch)));
  context_.batch_offset = wall_offsets_.back();
}

void Checker::committed(Instant at, const core::Batch& batch) {
  move(at);
  check_epoch(batch);
  each<core::EventRow>(batch, [&](const auto& row, JobIndex job) { watch_.event(row, job); });
  each<core::RunRow>(batch, [&](const auto& row, JobIndex job) { runs_.run(row, job); });
  each<core::AttemptRow>(batch, [&](const auto& row, JobIndex job) { runs_.attempt(row, job); });
  each<core::SlotsRow>(batch, [&](const auto& row, JobIndex job) { slots_.slots(row, job); });
  each<core::JobRow>(batch, [&](const auto& row, JobIndex job) {
    runs_.job_row(row, job);
    watch_.job_row(row, job);
  });
  each<core::SlotsRow>(batch, [&](const auto& row, JobIndex job) { runs_.check_reason(row, job); });
  each<core::HeartbeatRow>(batch,
                           [&](const auto& row, JobIndex job) { runs_.heartbeat(row, job); });
  runs_.batch_done();
  slots_.batch_done();
}

void Checker::acknowledged(Instant at, RunId run) {
  move(at);
  runs_.acknowledged(run);
}

void Checker::complain(Instant at, std::string_view invariant, std::string text) {
  move(at);
  context_.violation(invariant, std::move(text));
}

void Checker::tree_started(Instant at, Token token, RunId run, int attempt, JobIndex job) {
  move(at);
  trees_.started(token, run, attempt, job, runs_.slot_of(run));
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
                         std::optional<int> signal) {
  move(at);
  trees_.main_ended(token, exit_code, signal);
}

void Checker::tree_dead(Instant at, Token token) {
  move(at);
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
  }
}

void Checker::finish(Instant at, Instant healed) {
  advance(at);
  for (JobIndex job = 0; job < context_.fleet.jobs.size(); ++job) {
    const core::JobSpec& spec = context_.spec(job);
    if (spec.overlap == core::Overlap::replace) continue;  // newer runs may always end older ones
    const auto interval = core::longest_interval(spec);
    if (!interval || !spec.enabled || !spec.problem.empty() || runs_.is_held(job)) continue;
    const Duration needed = 2 * *interval + 10 * spec.expect.value_or(kExpectDefault);
    const Duration delay = core::phase(spec);
    if (at - healed < needed || at + shift_ - context_.origin < delay + needed) continue;
    const auto success = runs_.last_success(job);
    if (success && *success >= healed + shift_) continue;
    context_.violation("L6", fmt::format("{} had no success since all faults ended", spec.name));
  }
}

}  // namespace takt::sim
