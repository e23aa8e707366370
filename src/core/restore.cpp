#include "core/restore.h"

#include <algorithm>

#include "core/settle.h"
#include "core/watchdog.h"

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
    job.pause =
        std::make_unique<PauseFacts>(PauseFacts{instant(row.paused_until), row.paused_reason});
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
  // Written at once: a second restart must not look at the same change again, from a later now.
  job.next = first_slot(spec, s.epoch, now, row.next_number);
  job.job_row_dirty = true;
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
  run.cancelled = row.reason.has_value();  // asked for; its attempt's end was not seen
  return run;
}

/// Newer slots were coalesced into the waiting run: it stands for the last of them.
bool stands_for_newer(const State& s, const Run& run) {
  const Overlap overlap = s.spec_of(run.job).overlap;
  const bool queues = overlap == Overlap::queue || overlap == Overlap::replace;
  return queues && s.jobs[run.job].next_number > run.slot->number + 1;
}

/// How long a run without attempts may wait for its start; nullopt: as long as it takes.
std::optional<Duration> patience(const State& s, const Run& run) {
  const JobSpec& spec = s.spec_of(run.job);
  if (spec.start_within) return spec.start_within;
  if (run.blocked || stands_for_newer(s, run)) return std::nullopt;
  const auto next = next_slot(spec, s.epoch, *run.slot);
  return next ? std::optional{next->due - run.slot->due} : std::nullopt;
}

/// Until when a waiting run may go on waiting, as when its slot was decided. What ran out while the
/// daemon was down counts anew from its start, as for any slot that is caught up.
std::optional<Instant> restored_deadline(const State& s, const Run& run) {
  if (run.state != RunState::waiting || !run.slot) return std::nullopt;
  const std::optional<Duration> wait = patience(s, run);
  if (!wait) return std::nullopt;
  if (run.cause == Cause::catchup && run.blocked) return std::nullopt;  // begins with its turn
  const Instant deadline = saturating_add(should_have_started(run), *wait);
  const bool was_down = s.speed == 1 && deadline <= s.opened_at;
  const bool caught_up = was_down && s.spec_of(run.job).catchup != Catchup::none;
  return caught_up || stands_for_newer(s, run) ? saturating_add(s.opened_at, *wait) : deadline;
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
    run.deadline = restored_deadline(s, run);
    if (run.state == RunState::waiting && !run.blocked) s.ready.insert({run.rank_at, id});
    Job& job = s.jobs[run.job];
    if (!run.slot || job.unmet_since) continue;
    const Instant due = should_have_started(run);
    job.unmet_since = s.speed == 1 ? std::max(due, now) : due;  // downtime is nobody's lateness
  }
}

RunRow ended_by_reload(const State& s, RunRow row, Instant now) {
  row.state = RunState::ended;
  row.ended_at = s.wall(now);
  row.retry_at.reset();
  row.outcome = Outcome::cancelled;
  if (!row.disposition) row.disposition = Disposition::cancelled;
  row.reason = Reason::reload;
  return row;
}

/// The heartbeat of a job without a living attempt.
HeartbeatRow at_rest(HeartbeatRow row) {
  row.state = JobState::idle;
  row.last_outcome = Outcome::cancelled;
  row.run.reset();
  row.attempt = row.pid = 0;
  row.node = {};
  return row;
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
    restore_recovery(s, i);
  }
  return s;
}

std::vector<Row> abandon_runs(State& s, const Stored& stored, Instant now) {
  std::map<RunId, AttemptRow> unfinished;
  for (const AttemptRow& row : stored.open_attempts) {
    if (!s.find_job(row.job) && !row.outcome) unfinished.emplace(row.run, row);
  }
  std::map<std::string_view, const HeartbeatRow*> heartbeats;
  for (const HeartbeatRow& row : stored.heartbeats) {
    if (!s.find_job(row.job)) heartbeats.emplace(row.job, &row);
  }
  std::vector<Row> rows;
  for (const RunRow& row : stored.open_runs) {
    if (s.find_job(row.job)) continue;
    const auto attempt = unfinished.find(row.run);
    const auto beat = heartbeats.find(row.job);
    if (attempt == unfinished.end()) {
      rows.emplace_back(ended_by_reload(s, row, now));
      if (beat != heartbeats.end() && !beat->second->run) rows.emplace_back(at_rest(*beat->second));
      continue;
    }
    Orphan orphan{attempt->second, row, std::nullopt};
    if (beat != heartbeats.end()) orphan.heartbeat = *beat->second;
    s.orphans.emplace(attempt->second.token, std::move(orphan));
    s.leftovers += 1;
  }
  return rows;
}

std::vector<Row> rows_of_end(const State& s, Orphan orphan, Instant now) {
  orphan.attempt.ended_at = s.wall(now);
  orphan.attempt.outcome = Outcome::lost;
  orphan.attempt.error = "its job is no longer in the fleet file; its end is not known";
  std::vector<Row> rows;
  rows.emplace_back(ended_by_reload(s, std::move(orphan.run), now));
  rows.emplace_back(std::move(orphan.attempt));
  if (orphan.heartbeat) rows.emplace_back(at_rest(*orphan.heartbeat));
  return rows;
}

}  // namespace takt::core
