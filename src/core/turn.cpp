#include "core/turn.h"

#include <algorithm>
#include <utility>

#include "core/beats.h"
#include "core/degraded.h"
#include "core/dependencies.h"
#include "core/wall_slots.h"
#include "core/watchdog.h"

namespace takt::core {

void Turn::touch(JobIndex index, bool cursor) {
  Job& j = job(index);
  j.heartbeat_dirty = true;
  j.job_row_dirty |= cursor;
  if (j.touched) return;
  j.touched = true;
  touched_jobs.push_back(index);
}

void Turn::touch(Run& r) {
  touch(r.job);
  if (r.touched) return;
  r.touched = true;
  touched_runs.push_back(r.id);
}

void Turn::event(Severity severity, EventKind kind, std::optional<JobIndex> job_index,
                 std::optional<RunId> run_id, std::string text,
                 std::vector<std::pair<std::string, std::string>> data) {
  s.last_event.value += 1;
  rows.emplace_back(EventRow{s.last_event, s.wall(now), severity, kind,
                             job_index ? s.spec_of(*job_index).name : std::string{}, run_id,
                             std::move(text), std::move(data)});
}

Effects Turn::finish() {
  std::vector<Row> all;
  all.reserve(2 * touched_jobs.size() + touched_runs.size() + rows.size());
  std::ranges::sort(touched_jobs);
  std::ranges::sort(touched_runs);
  for (const JobIndex index : touched_jobs) {
    if (job(index).job_row_dirty) all.emplace_back(job_row(s, index));
  }
  for (const RunId id : touched_runs) all.emplace_back(run_row(s, run(id)));
  std::ranges::move(rows, std::back_inserter(all));
  for (const JobIndex index : touched_jobs) {
    if (!job(index).heartbeat_dirty) continue;
    note_beat_written(job(index), now);
    all.emplace_back(heartbeat_row(s, index));
  }

  for (const RunId id : touched_runs) {
    run(id).touched = false;
    if (run(id).state == RunState::ended) s.runs.erase(id);
  }
  for (const JobIndex index : touched_jobs) {
    Job& j = job(index);
    j.written = seq();
    j.touched = j.job_row_dirty = j.heartbeat_dirty = false;
    s.wake.set(index, wake_of(s, index));
  }

  if (!all.empty()) {
    s.last_seq.value += 1;
    effects.insert(effects.begin(),
                   Persist{{s.last_seq, synced, fleet_row(s, now), std::move(all)}});
  }
  return std::move(effects);
}

AttemptRow attempt_row(const State& s, const Run& run, const Attempt& attempt) {
  AttemptRow row;
  row.token = attempt.token;
  row.run = run.id;
  row.job = s.spec_of(run.job).name;
  row.attempt = attempt.number;
  row.started_at = s.wall(attempt.started_at);
  row.process = attempt.process;
  row.node = attempt.node;
  row.memory_used_ratio = attempt.memory_used_ratio;
  for (const Use& use : *attempt.uses) {
    row.uses.emplace_back(s.spec.pools[use.pool].name, std::to_string(use.weight));
  }
  return row;
}

RunRow run_row(const State& s, Run& run) {
  RunRow row;
  row.run = run.id;
  row.job = s.spec_of(run.job).name;
  row.cause = run.cause;
  if (run.slot) {
    row.slot_number = run.slot->number;
    row.slot_at = slot_name(s, run);
  }
  row.priority = run.priority;
  row.rank_at = s.wall(run.rank_at);
  row.state = run.state;
  row.disposition = run.disposition;
  row.reason = run.reason;
  row.outcome = run.outcome;
  row.queued_at = s.wall(run.queued_at);
  row.started_at = s.wall(run.started_at);
  row.ended_at = s.wall(run.ended_at);
  if (run.started_at) row.lateness = *run.started_at - (run.slot ? run.slot->due : run.queued_at);
  row.retry_at = s.wall(run.retry_at);
  row.attempts = run.attempts;
  row.failures = run.failures;
  row.losses = run.losses;
  row.node = run.node;
  row.triggered_by = run.triggered_by;
  row.forced = run.forced;
  const bool leaves = run.state == RunState::ended;
  row.note = leaves ? std::move(run.note) : run.note;
  row.params = leaves ? std::move(run.params) : run.params;
  row.gates = leaves ? std::move(run.gates) : run.gates;
  row.lent_rank_at = s.wall(run.lent_rank_at);
  return row;
}

JobRow job_row(const State& s, JobIndex index) {
  const Job& job = s.jobs[index];
  JobRow row;
  row.job = s.spec_of(index).name;
  row.schedule =
      s.has_left(index) ? std::string{kNoSchedule} : schedule_fingerprint(s.spec_of(index));
  row.first_loaded_at = s.wall(job.first_loaded);
  row.next_number = job.next_number;
  if (job.next) row.next_at = s.wall(job.next->due);
  if (job.pause) {
    row.paused = true;
    row.paused_until = s.wall(job.pause->until);
    row.paused_reason = job.pause->reason;
  }
  row.quarantined = job.quarantined;
  row.resumed_at = s.wall(job.resumed_at);
  row.recoveries = job.recoveries;
  row.last_recovery_at = s.wall(job.last_recovery);
  row.recovery_due_at = s.wall(job.recovery_due);
  row.recovery_for = job.recovery_for;
  row.unmet_since_at = s.wall(job.unmet_since);
  row.waiting_due_at = s.wall(job.waiting_due);
  return row;
}

HeartbeatRow heartbeat_row(const State& s, JobIndex index) {
  const Job& job = s.jobs[index];
  HeartbeatRow row;
  row.job = s.spec_of(index).name;
  row.state = job_state(s, index);
  row.last_start_at = s.wall(job.last_start);
  row.last_success_at = s.wall(job.last_success);
  row.last_failure_at = s.wall(job.last_failure);
  row.last_skip_at = s.wall(job.last_skip);
  row.last_outcome = job.last_outcome;
  row.consecutive_failures = job.consecutive_failures;
  for (const RunId id : job.open) {
    const Run& run = s.runs.at(id);
    if (!run.attempt) continue;
    row.run = run.id;
    row.attempt = run.attempt->number;
    row.pid = run.attempt->process.pid;
    row.node = run.attempt->node;
    break;
  }
  if (job.beat) {
    row.last_beat_at = s.wall(job.beat->at);
    row.progress = job.beat->said.progress;
    row.note = job.beat->said.note.value_or("");
  }
  row.last_success_started_at = s.wall(job.last_success_started);
  return row;
}

FleetRow fleet_row(const State& s, Instant now) {
  return {s.spec.name, s.wall(s.epoch), s.speed,      s.wall(now),
          s.last_run,  s.last_token,    s.last_event, s.notices.last};
}

JobState job_state(const State& s, JobIndex index) {
  const JobSpec& spec = s.spec_of(index);
  const Job& job = s.jobs[index];
  if (!spec.can_run()) return JobState::disabled;
  if (job.quarantined) return JobState::quarantined;
  if (job.pause) return JobState::paused;
  JobState state = JobState::idle;
  for (const RunId id : job.open) {
    const Run& run = s.runs.at(id);
    if (run.attempt) return JobState::running;
    if (run.state == RunState::retrying) state = JobState::retrying;
    if (run.state == RunState::waiting && state == JobState::idle) state = JobState::waiting;
  }
  return state;
}

bool is_at_work(const State& s, JobIndex index) {
  const Job& job = s.jobs[index];
  return !s.has_left(index) && s.spec_of(index).can_run() && !job.pause && !job.quarantined;
}

std::optional<Instant> wake_of(const State& s, JobIndex index) {
  const Job& job = s.jobs[index];
  std::optional<Instant> at;
  const auto consider = [&](std::optional<Instant> candidate) {
    if (candidate && (!at || *candidate < *at)) at = candidate;
  };
  if (s.mode == Mode::stopping || s.mode == Mode::stopped) return at;
  if (decides(s, index)) {
    if (job.next && job.leftovers == 0) consider(job.next->due);
    if (job.pause && !s.has_left(index)) consider(job.pause->until);
  }
  for (const RunId id : job.open) {
    const Run& run = s.runs.at(id);
    if (run.state == RunState::waiting && !run.started_at) consider(run.deadline);
    const bool backs_off = run.state == RunState::retrying && !run.blocked;
    if (backs_off && run.stand == Stand::nowhere) consider(run.retry_at);
    consider(need_wait_ends(s, run));
  }
  consider(watch_deadline(s, index));
  consider(beat_row_due(s, index));
  return at;
}

}  // namespace takt::core
