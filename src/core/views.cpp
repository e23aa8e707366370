// Views of the coordinator: read-only answers from the state that decides.

#include <fmt/format.h>

#include <algorithm>

#include "core/beats.h"
#include "core/coordinator_impl.h"
#include "core/degraded.h"
#include "core/gates.h"
#include "core/probe_records.h"
#include "core/watchdog.h"

namespace takt::core {
namespace {

std::optional<RunningAttempt> running_attempt(const State& s, const Job& job) {
  for (const RunId id : job.open) {
    const Run& run = s.runs.at(id);
    if (!run.attempt) continue;
    const Attempt& attempt = *run.attempt;
    RunningAttempt view{id,
                        attempt.number,
                        attempt.process.pid,
                        s.wall(attempt.started_at),
                        s.wall(attempt.last_beat),
                        attempt.said.progress,
                        {}};
    view.note = attempt.said.note.value_or("");
    return view;
  }
  return std::nullopt;
}

Gates not_passing(Gates gates) {
  std::erase_if(gates, [](const Gate& gate) {
    return gate.answer == GateAnswer::pass || gate.answer == GateAnswer::not_asked;
  });
  return gates;
}

/// The run of the job that waits for gates now, if there is one.
const Run* waiting_run(const State& s, const Job& job, Instant now) {
  for (const RunId id : job.open) {
    const Run& run = s.runs.at(id);
    if (run.attempt) continue;
    if (run.state == RunState::waiting || (run.retry_at && *run.retry_at <= now)) return &run;
  }
  return nullptr;
}

std::string state_reason(const JobSpec& spec, const Job& job) {
  if (!spec.problem.empty()) return spec.problem;
  return job.pause ? job.pause->reason : std::string{};
}

JobView view_of(const State& s, JobIndex index, Instant now) {
  const JobSpec& spec = s.spec_of(index);
  const Job& job = s.jobs[index];
  JobView view;
  view.name = spec.name;
  view.state = job_state(s, index);
  view.priority = spec.priority;
  view.critical = spec.critical;
  if (job.next) view.next_at = s.wall(job.next->due);
  view.running = running_attempt(s, job);
  view.last_outcome = job.last_outcome;
  view.last_start_at = s.wall(job.last_start);
  view.last_success_at = s.wall(job.last_success);
  view.last_failure_at = s.wall(job.last_failure);
  view.consecutive_failures = job.consecutive_failures;
  if (job.beat) {
    view.last_beat_at = s.wall(job.beat->at);
    view.progress = job.beat->said.progress;
    view.note = job.beat->said.note.value_or("");
  }
  if (const Run* run = waiting_run(s, job, now)) {
    view.waiting_for = not_passing(evaluate_gates(s, index, run, now));
  } else if (is_held_by_store(s, index, now)) {
    view.waiting_for = not_passing(evaluate_gates(s, index, nullptr, now));
    if (view.state == JobState::idle) view.state = JobState::waiting;
  }
  view.p50 = job.durations.percentile(0.5);
  view.p95 = job.durations.p95();
  if (const auto at = stuck_at(s, index)) view.stale_margin = *at - now;
  view.stuck = job.stuck;
  view.overdue = job.overdue;
  for (const Use& use : *spec.uses) view.uses.emplace_back(s.spec.pools[use.pool].name, use.weight);
  if (job.pause) view.paused_until = s.wall(job.pause->until);
  view.state_reason = state_reason(spec, job);
  return view;
}

bool is_late(const State& s, JobIndex index, Instant now) {
  const Job& job = s.jobs[index];
  if (job.stuck || job.overdue) return true;
  if (is_held_by_store(s, index, now - std::chrono::seconds{1})) return true;
  return std::ranges::any_of(job.open, [&](RunId id) {
    const Run& run = s.runs.at(id);
    return run.state == RunState::waiting && now - run.queued_at > std::chrono::seconds{1};
  });
}

void count_job(const State& s, JobIndex index, Instant now, FleetView& view) {
  const JobSpec& spec = s.spec_of(index);
  const Job& job = s.jobs[index];
  if (is_late(s, index, now)) view.late += 1;
  if (is_held_by_store(s, index, now) && job.open.empty()) view.waiting += 1;
  if (job.stuck) view.stuck.push_back(spec.name);
  if (job.overdue) view.overdue.push_back(spec.name);
  if (job.quarantined) view.quarantined.push_back(spec.name);
  if (!spec.problem.empty()) view.disabled_by_problem.push_back(spec.name);
  if (job.pause) view.paused += 1;
  view.states[static_cast<std::size_t>(job_state(s, index))] += 1;
  for (const RunId id : job.open) {
    (s.runs.at(id).attempt ? view.running : view.waiting) += 1;
  }
}

}  // namespace

FleetView Coordinator::fleet_view(Instant now) const {
  const State& s = impl_->s;
  FleetView view;
  view.name = s.spec.name;
  view.now = s.wall(now);
  view.speed = s.speed;
  view.jobs = static_cast<int>(s.listed);
  for (JobIndex i = 0; i < s.listed; ++i) count_job(s, i, now, view);
  for (JobIndex i = s.listed; i < s.jobs.size(); ++i) {
    if (running_attempt(s, s.jobs[i])) view.running += 1;  // of a job that has left the file
  }
  view.troubled_probes = troubled_probes(s);
  view.draining = s.mode != Mode::working;
  view.store_ok = s.store_ok;
  view.store_error = s.store_error;
  view.journal = s.degraded.journal;
  return view;
}

std::vector<HealthView> Coordinator::health_views() const { return core::health_views(impl_->s); }

std::vector<JobView> Coordinator::job_views(Instant now) const {
  std::vector<JobView> views;
  views.reserve(impl_->s.listed);
  for (JobIndex i = 0; i < impl_->s.listed; ++i) views.push_back(view_of(impl_->s, i, now));
  return views;
}

std::optional<JobView> Coordinator::job_view(std::string_view job, Instant now) const {
  const auto index = impl_->s.find_job(job);
  return index ? std::optional{view_of(impl_->s, *index, now)} : std::nullopt;
}

}  // namespace takt::core
