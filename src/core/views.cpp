// Views of the coordinator: read-only answers from the state that decides.

#include <fmt/format.h>

#include <algorithm>

#include "core/beats.h"
#include "core/coordinator_impl.h"
#include "core/degraded.h"
#include "core/gates.h"
#include "core/settle.h"
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
  view.p95 = job.durations.percentile(0.95);
  if (const auto at = stuck_at(s, index)) view.stale_margin = *at - now;
  view.stuck = job.stuck;
  view.overdue = job.overdue;
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

std::string first_text(const Gates& gates) {
  for (const Gate& gate : gates) {
    if (gate.answer == GateAnswer::hold || gate.answer == GateAnswer::skip) return gate.text;
  }
  return {};
}

ExpectedStart exactly(WallTime at) { return {at, at, at}; }

std::optional<ExpectedStart> expected_by_gates(const Gates& gates, WallTime otherwise) {
  WallTime at = otherwise;
  for (const Gate& gate : gates) {
    if (gate.answer != GateAnswer::hold && gate.answer != GateAnswer::skip) continue;
    if (!gate.until) return std::nullopt;
    at = std::max(at, *gate.until);
  }
  return exactly(at);
}

/// "; 42 %, half way, its last beat 3s ago"
std::string last_words(const Attempt& attempt, Instant now) {
  if (!attempt.last_beat) return {};
  const std::string said = beat_text(attempt.said);
  const auto ago = std::chrono::floor<std::chrono::seconds>(now - *attempt.last_beat);
  return fmt::format("; {}its last beat {} ago", said.empty() ? "" : said + ", ",
                     format_duration(ago));
}

WhyView why_of_run(const State& s, const Run& run, Instant now) {
  WhyView view;
  const std::string& name = s.spec_of(run.job).name;
  view.job = name;
  view.run = run.id;
  view.state = word(run.state);
  view.gates = evaluate_gates(s, run.job, &run, now);
  if (run.attempt) {
    view.summary = fmt::format("run {} of {} is running (attempt {}){}", run.id.value, name,
                               run.attempt->number, last_words(*run.attempt, now));
    return view;
  }
  if (run.state == RunState::retrying && run.retry_at && *run.retry_at > now) {
    view.expected_start = exactly(s.wall(*run.retry_at));
    view.summary = fmt::format("run {} of {} waits until {} before attempt {}", run.id.value, name,
                               format_rfc3339(s.wall(*run.retry_at)), run.attempts + 1);
    return view;
  }
  view.expected_start = expected_by_gates(view.gates, s.wall(now));
  const std::string text = first_text(view.gates);
  view.summary = text.empty() ? fmt::format("nothing blocks run {} of {}", run.id.value, name)
                              : fmt::format("run {} of {} waits: {}", run.id.value, name, text);
  return view;
}

WhyView why_of_job(const State& s, JobIndex index, Instant now) {
  const Job& job = s.jobs[index];
  if (!job.open.empty()) {
    WhyView view = why_of_run(s, s.runs.at(job.open.front()), now);
    view.state = word(job_state(s, index));
    return view;
  }
  WhyView view;
  view.job = s.spec_of(index).name;
  view.state = word(job_state(s, index));
  view.gates = evaluate_gates(s, index, nullptr, now);
  const std::string text = first_text(view.gates);
  if (is_held_by_store(s, index, now)) {
    view.state = word(JobState::waiting);
    view.summary = fmt::format("the slot of {} waits: {}", view.job, text);
    return view;
  }
  if (text.empty() && job.recovery_due && (!job.next || *job.recovery_due < job.next->due)) {
    view.expected_start = exactly(s.wall(*job.recovery_due));
    view.summary = fmt::format("{} hung; its next recovery run backs off until {}", view.job,
                               format_rfc3339(s.wall(*job.recovery_due)));
    return view;
  }
  if (job.next) view.expected_start = expected_by_gates(view.gates, s.wall(job.next->due));
  if (!text.empty()) {
    view.summary = fmt::format("{} would not start: {}", view.job, text);
  } else if (job.next) {
    view.summary = fmt::format("{} is not due before {}; nothing blocks it", view.job,
                               format_rfc3339(s.wall(job.next->due)));
  } else {
    view.summary =
        fmt::format("{} has no schedule; `takt trigger {}` starts it", view.job, view.job);
  }
  return view;
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
  view.draining = s.mode != Mode::working;
  view.store_ok = s.store_ok;
  view.store_error = s.store_error;
  view.journal = s.degraded.journal;
  return view;
}

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

std::optional<WhyView> Coordinator::why(std::string_view job, Instant now) const {
  const auto index = impl_->s.find_job(job);
  return index ? std::optional{why_of_job(impl_->s, *index, now)} : std::nullopt;
}

std::optional<WhyView> Coordinator::why(RunId run, Instant now) const {
  const auto found = impl_->s.runs.find(run);
  if (found == impl_->s.runs.end()) return std::nullopt;
  return why_of_run(impl_->s, found->second, now);
}

}  // namespace takt::core
