#include "core/restore.h"

#include <algorithm>

#include "core/settle.h"

namespace takt::core {
namespace {

/// At the start of a daemon both lines are equal.
Instant instant(WallTime at) { return Instant{at.time_since_epoch()}; }

std::optional<Instant> instant(std::optional<WallTime> at) {
  return at ? std::optional{instant(*at)} : std::nullopt;
}

void restore_job(State& s, JobIndex index, const JobRow& row, Instant now) {
  const JobSpec& spec = s.spec_of(index);
  Job& job = s.jobs[index];
  job.first_loaded = instant(row.first_loaded_at);
  job.next_number = row.next_number;
  if (row.paused) {
    job.pause = std::make_unique<PauseFacts>(PauseFacts{instant(row.paused_until), row.paused_reason});
  }
  job.quarantined = row.quarantined;
  job.resumed_at = instant(row.resumed_at);
  job.recoveries = row.recoveries;
  job.last_recovery = instant(row.last_recovery_at);
  if (row.schedule == schedule_fingerprint(spec)) {
    if (row.next_at) job.next = Slot{row.next_number, instant(*row.next_at)};
    return;
  }
  // Another schedule than the one that the cursor followed: go on along the new one, from now.
  job.next = first_slot(spec, s.epoch, now, row.next_number);
}

void restore_heartbeat(Job& job, const HeartbeatRow& row) {
  job.last_start = instant(row.last_start_at);
  job.last_success = instant(row.last_success_at);
  job.last_failure = instant(row.last_failure_at);
  job.last_skip = instant(row.last_skip_at);
  job.last_outcome = row.last_outcome;
  job.consecutive_failures = row.consecutive_failures;
}

Run restored_run(const RunRow& row, JobIndex job) {
  Run run;
  run.id = row.run;
  run.job = job;
  run.cause = row.cause;
  if (row.slot_number && row.slot_at) run.slot = Slot{*row.slot_number, instant(*row.slot_at)};
  run.priority = row.priority;
  run.rank_at = instant(row.rank_at);
  run.state = row.state;
  run.disposition = row.disposition;
  run.reason = row.reason;
  run.queued_at = instant(row.queued_at);
  run.started_at = instant(row.started_at);
  run.retry_at = instant(row.retry_at);
  run.attempts = row.attempts;
  run.failures = row.failures;
  run.losses = row.losses;
  run.node = row.node;
  run.triggered_by = row.triggered_by;
  run.note = row.note;
  run.params = row.params;
  run.gates = row.gates;
  run.forced = row.forced;
  return run;
}

/// How long a waiting run may go on waiting, as when its slot was decided.
std::optional<Instant> restored_deadline(const State& s, const Run& run) {
  if (run.state != RunState::waiting || !run.slot) return std::nullopt;
  const JobSpec& spec = s.spec_of(run.job);
  const Instant from = run.cause == Cause::catchup ? run.queued_at : run.slot->due;
  if (spec.start_within) return saturating_add(from, *spec.start_within);
  const auto next = next_slot(spec, s.epoch, *run.slot);
  return next ? std::optional{from + (next->due - run.slot->due)} : std::nullopt;
}

void restore_attempt(State& s, Run& run, const AttemptRow& row) {
  Attempt attempt;
  attempt.number = row.attempt;
  attempt.token = row.token;
  attempt.phase = Phase::leftover;
  attempt.started_at = instant(row.started_at);
  attempt.process = row.process;
  attempt.node = row.node;
  run.attempt = attempt;
  run.state = RunState::running;
  s.tokens.emplace(row.token, run.id);
  s.jobs[run.job].leftovers += 1;
  s.leftovers += 1;
}

void restore_runs(State& s, const Stored& stored, Instant now) {
  for (const RunRow& row : stored.open_runs) {
    const auto index = s.find_job(row.job);
    if (!index) continue;
    Run run = restored_run(row, *index);
    s.jobs[*index].open.push_back(run.id);
    s.runs.emplace(run.id, std::move(run));
  }
  for (const AttemptRow& row : stored.open_attempts) {
    const auto run = s.runs.find(row.run);
    if (run == s.runs.end() || row.outcome) continue;
    restore_attempt(s, run->second, row);
  }
  for (auto& [id, run] : s.runs) {
    if (run.state == RunState::running && !run.attempt) {
      run.state = RunState::retrying;  // its attempt ended, but what follows was not recorded
      run.retry_at = now;
    }
    run.blocked = blocker_of(s, run).has_value();
    if (!run.blocked) run.deadline = restored_deadline(s, run);
    if (run.state == RunState::waiting && !run.blocked) s.ready.insert({run.rank_at, id});
    Job& job = s.jobs[run.job];
    if (run.slot && !job.unmet_since) job.unmet_since = std::max(run.slot->due, now);
  }
}

}  // namespace

State restore(FleetSpec spec, const Stored& stored, NodeFacts node, double speed, Instant now) {
  State s;
  s.spec = std::move(spec);
  s.node = std::move(node);
  s.speed = speed;
  s.opened_at = now;
  s.epoch = stored.fleet ? instant(stored.fleet->epoch) : now;
  if (stored.fleet) {
    s.last_run = stored.fleet->last_run;
    s.last_token = stored.fleet->last_token;
    s.last_event = stored.fleet->last_event;
  }
  s.jobs.resize(s.spec.jobs.size());
  s.wake = WakeQueue{s.jobs.size()};
  s.index.reserve(s.jobs.size());
  for (JobIndex i = 0; i < s.jobs.size(); ++i) {
    s.index.emplace(s.spec.jobs[i].name, i);
    s.jobs[i].first_loaded = now;
  }

  std::vector<bool> known(s.jobs.size(), false);
  for (const JobRow& row : stored.jobs) {
    const auto index = s.find_job(row.job);
    if (!index) continue;
    known[*index] = true;
    restore_job(s, *index, row, now);
  }
  for (JobIndex i = 0; i < s.jobs.size(); ++i) {
    if (known[i]) continue;
    s.jobs[i].next = first_slot(s.spec.jobs[i], s.epoch, now, 0);
    s.jobs[i].job_row_dirty = true;
  }
  for (const HeartbeatRow& row : stored.heartbeats) {
    if (const auto index = s.find_job(row.job)) restore_heartbeat(s.jobs[*index], row);
  }
  for (const auto& [name, lengths] : stored.durations) {
    const auto index = s.find_job(name);
    if (!index) continue;
    for (const Duration length : lengths) s.jobs[*index].durations.add(length);
  }
  restore_runs(s, stored, now);
  for (JobIndex i = 0; i < s.jobs.size(); ++i) {
    Job& job = s.jobs[i];
    const auto* after = std::get_if<After>(&s.spec.jobs[i].schedule);
    if (after != nullptr && !job.open.empty()) job.next.reset();  // the open run's end decides
    if (after != nullptr && job.open.empty() && !job.next) job.next = Slot{job.next_number, now};
  }
  return s;
}

Abandoned abandoned_runs(const State& s, const Stored& stored, Instant now) {
  Abandoned found;
  for (RunRow row : stored.open_runs) {
    if (s.find_job(row.job)) continue;
    row.state = RunState::ended;
    row.ended_at = s.wall(now);
    row.retry_at.reset();
    row.outcome = Outcome::cancelled;
    if (!row.disposition) row.disposition = Disposition::cancelled;
    row.reason = Reason::reload;
    found.rows.emplace_back(std::move(row));
  }
  for (AttemptRow row : stored.open_attempts) {
    if (s.find_job(row.job) || row.outcome) continue;
    found.leftovers.push_back(row);
    row.ended_at = s.wall(now);
    row.outcome = Outcome::lost;
    found.rows.emplace_back(std::move(row));
  }
  return found;
}

}  // namespace takt::core
