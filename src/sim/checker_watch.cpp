#include "sim/checker_watch.h"

#include <fmt/format.h>

#include <algorithm>

namespace takt::sim {

namespace {

Duration noticed_after(const core::EventRow& row) {
  for (const auto& [key, value] : row.data) {
    if (key == "noticed_after_ms") return Duration{std::stoll(value)};
  }
  return Duration::max();
}

}  // namespace

WatchCheck::WatchCheck(CheckContext& context, const RunCheck& runs, const Book& book)
    : context_(context), runs_(runs), book_(book), jobs_(context.fleet.jobs.size()) {
  for (JobIndex job = 0; job < jobs_.size(); ++job) {
    const core::JobSpec& spec = context_.spec(job);
    jobs_[job].watched = spec.enabled && spec.problem.empty();
    jobs_[job].watched_since = context_.origin;
    if (!spec.stale_after) continue;
    context_.require(context_.origin + *spec.stale_after + kStartTolerance, Duty::stuck_noticed,
                     job);
  }
}

Instant WatchCheck::threshold(JobIndex index) const {
  const Job& job = jobs_[index];
  const Duration stale_after = *context_.spec(index).stale_after;
  Instant base = std::max(context_.origin, context_.life_began);
  if (const auto success = runs_.last_success(index)) base = std::max(base, *success);
  if (job.resumed) base = std::max(base, *job.resumed);
  Instant at = saturating_add(base, stale_after);
  if (job.verdicts > 0 && job.last_verdict) {
    at = std::max(
        at, saturating_add(*job.last_verdict, stale_after * (1LL << std::min(job.verdicts, 20))));
  }
  return at;
}

void WatchCheck::event(const core::EventRow& row, JobIndex index) {
  if (row.kind != core::EventKind::job_stuck || !context_.spec(index).stale_after) return;
  const Instant at = context_.on_line(row.at);
  const Instant due = threshold(index);
  if (at <= due) {
    context_.violation("L5", fmt::format("{} is called stuck too early", context_.name(index)));
    return;
  }
  Job& job = jobs_[index];
  Duration late = at - std::max(due, context_.awake_since);  // nobody notices in his sleep
  // How long it waited for what it needs, which moves the deadline, only the verdict itself says.
  if (!context_.spec(index).needs->empty()) late = std::min(late, noticed_after(row));
  job.detection_max = std::max(job.detection_max.value_or(Duration{0}), late);
}

void WatchCheck::job_row(const core::JobRow& row, JobIndex index) {
  Job& job = jobs_[index];
  const core::JobSpec& spec = context_.spec(index);
  job.verdicts = row.recoveries;
  job.last_verdict.reset();
  job.resumed.reset();
  if (row.last_recovery_at) job.last_verdict = context_.on_line(*row.last_recovery_at);
  if (row.resumed_at) job.resumed = context_.on_line(*row.resumed_at);
  const bool watched = spec.enabled && spec.problem.empty() && !row.paused && !row.quarantined;
  if (watched && !job.watched) job.watched_since = context_.now;
  job.watched = watched;
}

void WatchCheck::daemon_up() {
  for (Job& job : jobs_) job.watched_since = context_.now;
}

void WatchCheck::missed_verdict(JobIndex index) {
  const Job& job = jobs_[index];
  Instant due = std::max(threshold(index), job.watched_since) + kStartTolerance;
  // While a run of it waits for what it needs the deadline moves; how long it did is not in the rows.
  const auto waited = book_.last_waited(index);
  if (waited) due = std::max(due, *waited + *context_.spec(index).stale_after + kStartTolerance);
  const Instant ask_again = context_.now + *context_.spec(index).stale_after;
  if (job.watched && !context_.draining && due < context_.now) {
    context_.violation("L5", fmt::format("{} is stuck and nobody says so", context_.name(index)));
    context_.require(ask_again, Duty::stuck_noticed, index);
    return;
  }
  context_.require(job.watched && !context_.draining ? due : ask_again, Duty::stuck_noticed, index);
}

}  // namespace takt::sim
