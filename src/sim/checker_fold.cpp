// RunCheck, what is told of a job as a whole: heartbeats against the fold of the history, and evidence
// for the slots that did not run.

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "sim/checker_runs.h"

namespace takt::sim {

void RunCheck::job_row(const core::JobRow& row, JobIndex job) {
  Fold& fold = folds_[job];
  // An operator's resume, or a forced run's success, ends a quarantine and what led to it.
  if (fold.quarantined && !row.quarantined) fold.consecutive_failures = 0;
  fold.was_quarantined |= std::exchange(fold.quarantined, row.quarantined) || row.quarantined;
  fold.was_paused |= std::exchange(fold.paused, row.paused) || row.paused;
  touch(job);
}

bool RunCheck::has_evidence(const core::SlotsRow& row, JobIndex job) const {
  const core::JobSpec& spec = context_.spec(job);
  const Fold& fold = folds_[job];
  Instant interrupted = std::max(context_.life_began, context_.awake_since);
  // A jump of the wall clock is an interruption for those who go by it.
  if (context_.jumped_at && core::follows_the_wall(spec.schedule)) {
    interrupted = std::max(interrupted, *context_.jumped_at);
  }
  switch (row.disposition) {
    case core::Disposition::coalesced:
      return row.run && (open_.contains(*row.run) || was_ended(*row.run));
    case core::Disposition::missed:
      return row.reason != core::Reason::down || context_.on_line(row.at) <= interrupted;
    case core::Disposition::skipped:
      if (row.reason == core::Reason::disabled) return !spec.enabled || !spec.problem.empty();
      if (row.reason == core::Reason::paused) return fold.was_paused || fold.paused;
      if (row.reason == core::Reason::quarantined) return fold.was_quarantined || fold.quarantined;
      if (row.reason == core::Reason::overlap) return fold.open > 0;
      return row.reason.has_value();
    case core::Disposition::cancelled:
      return true;
    case core::Disposition::ran:
      return false;  // that takes a run
  }
  return false;
}

void RunCheck::check_reason(const core::SlotsRow& row, JobIndex job) {
  if (has_evidence(row, job)) return;
  context_.violation("S1", fmt::format("{}: slots {}..{} are {} ({}) without evidence", row.job,
                                       row.first, row.last, word(row.disposition),
                                       row.reason ? word(*row.reason) : "no reason"));
}

void RunCheck::heartbeat(const core::HeartbeatRow& row, JobIndex job) {
  folds_[job].beat = row;
  folds_[job].beat_offset = context_.batch_offset;
  touch(job);
}

core::JobState RunCheck::state_of(JobIndex job) const {
  const core::JobSpec& spec = context_.spec(job);
  const Fold& fold = folds_[job];
  if (!spec.enabled || !spec.problem.empty()) return core::JobState::disabled;
  if (fold.quarantined) return core::JobState::quarantined;
  if (fold.paused) return core::JobState::paused;
  if (fold.alive > 0) return core::JobState::running;
  if (fold.backing > 0) return core::JobState::retrying;
  return fold.open > 0 ? core::JobState::waiting : core::JobState::idle;
}

void RunCheck::check_heartbeat(JobIndex job) {
  const Fold& fold = folds_[job];
  static const core::HeartbeatRow none;
  const core::HeartbeatRow& beat = fold.beat ? *fold.beat : none;
  const auto differs = [&](std::string_view field) {
    context_.violation("S7", fmt::format("{}: {} of its heartbeat is not what its history says",
                                         context_.name(job), field));
  };
  const auto on_line = [&](std::optional<WallTime> at) {
    return at ? std::optional{Instant{at->time_since_epoch() - fold.beat_offset}} : std::nullopt;
  };
  if (beat.consecutive_failures != fold.consecutive_failures) {
    context_.violation("S6", fmt::format("{}: {} consecutive failures by its heartbeat, {} by its "
                                         "history",
                                         context_.name(job), beat.consecutive_failures,
                                         fold.consecutive_failures));
  }
  if (on_line(beat.last_success_at) != fold.last_success) differs("last_success_at");
  if (on_line(beat.last_success_started_at) != fold.last_success_started) {
    differs("last_success_started_at");
  }
  if (on_line(beat.last_failure_at) != fold.last_failure) differs("last_failure_at");
  if (beat.last_outcome != fold.last_outcome) differs("last_outcome");
  const core::JobState state = state_of(job);
  if (beat.state != state) differs(fmt::format("state {} (not {})", word(beat.state), word(state)));
  if (!beat.run) {
    if (fold.alive > 0) differs("run");
    return;
  }
  const auto run = open_.find(*beat.run);
  if (run == open_.end() || run->second.attempts != beat.attempt || run->second.last) {
    differs("run");
    return;
  }
  const AttemptFacts* facts = context_.attempt(*run->second.last_token);
  if (facts != nullptr && facts->pid != beat.pid) differs("pid");
}

}  // namespace takt::sim
