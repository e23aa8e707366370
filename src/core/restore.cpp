#include "core/restore.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "core/definition.h"
#include "core/dependencies.h"
#include "core/job_names.h"
#include "core/notices.h"
#include "core/probe_records.h"
#include "core/settle.h"
#include "core/waiting.h"
#include "core/wall_slots.h"
#include "core/watchdog.h"

namespace takt::core {
namespace {

void restore_job(State& s, JobIndex index, const JobRow& row, Instant decided_through,
                 Instant now) {
  Job& job = s.jobs[index];
  job.first_loaded = s.instant(row.first_loaded_at);
  job.next_number = row.next_number;
  if (row.paused) {
    job.pause = PauseFacts{s.instant(row.paused_until), row.paused_reason};
  }
  job.quarantined = row.quarantined;
  job.resumed_at = s.instant(row.resumed_at);
  job.recoveries = row.recoveries;
  job.last_recovery = s.instant(row.last_recovery_at);
  job.recovery_due = s.instant(row.recovery_due_at);
  job.recovery_for = row.recovery_for;
  job.unmet_since = s.instant(row.unmet_since_at);
  job.waiting_due = s.instant(row.waiting_due_at);
  if (s.has_left(index)) {
    job.job_row_dirty = row.schedule != kNoSchedule;  // it left while nobody was there
    return;
  }
  if (row.schedule == kNoSchedule) watch_anew(job, now);  // and is back
  follow_schedule(s, index, row.schedule, s.instant(row.next_at), decided_through, now);
}

void restore_heartbeat(const State& s, Job& job, const HeartbeatRow& row) {
  job.last_start = s.instant(row.last_start_at);
  job.last_success = s.instant(row.last_success_at);
  job.last_success_started = s.instant(row.last_success_started_at);
  job.last_failure = s.instant(row.last_failure_at);
  job.last_skip = s.instant(row.last_skip_at);
  job.last_outcome = row.last_outcome;
  job.consecutive_failures = row.consecutive_failures;
  if (!row.last_beat_at) return;
  Beat said{row.progress, std::nullopt};
  if (!row.note.empty()) said.note = row.note;
  job.beat = BeatFacts{std::move(said), s.instant(*row.last_beat_at)};
}

/// The slot of a stored run. Where its wall clock was stepped since it started, the lateness knows
/// better than the name when it was due.
void restore_slot(const State& s, Run& run, const RunRow& row) {
  if (!row.slot_number || !row.slot_at) return;
  run.slot = Slot{*row.slot_number, s.instant(*row.slot_at)};
  if (!follows_the_wall(s.spec_of(run.job).schedule)) return;
  run.slot_at = row.slot_at;
  if (row.started_at && row.lateness) run.slot->due = s.instant(*row.started_at) - *row.lateness;
}

Run restored_run(const State& s, const RunRow& row, JobIndex job) {
  Run run;
  run.id = row.run;
  run.job = job;
  run.cause = row.cause;
  restore_slot(s, run, row);
  run.priority = row.priority;
  run.rank_at = s.instant(row.rank_at);
  run.lent_rank_at = s.instant(row.lent_rank_at);
  run.state = row.state;
  run.disposition = row.disposition;
  run.reason = row.reason;
  run.queued_at = s.instant(row.queued_at);
  run.started_at = s.instant(row.started_at);
  run.retry_at = s.instant(row.retry_at);
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

void restore_attempt(State& s, Run& run, const AttemptRow& row) {
  Attempt attempt;
  attempt.number = row.attempt;
  attempt.token = row.token;
  attempt.phase = Phase::leftover;
  attempt.decided_at = attempt.started_at = s.instant(row.started_at);
  attempt.process = row.process;
  attempt.node = row.node;
  attempt.uses = uses_named(s.spec.pools, row.uses);
  attempt.memory_used_ratio = row.memory_used_ratio;
  run.attempt = attempt;
  run.expected = waiter_of(s, run).length;
  run.state = RunState::running;
  s.tokens.emplace(row.token, run.id);
  s.jobs[run.job].leftovers += 1;
  s.leftovers += 1;
}

void restore_runs(State& s, const Stored& stored, const JobNames& places, Instant now) {
  for (const RunRow& row : stored.open_runs) {
    const JobIndex index = *places.find(s.spec.jobs, row.job);
    Run run = restored_run(s, row, index);
    s.jobs[index].open.push_back(run.id);
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
    run.deadline = deadline_of(s, run, s.opened_at);
    if (run.state != RunState::waiting || run.blocked) continue;
    run.stand = Stand::unsorted;
    s.unsorted.insert({run.rank(), id});
  }
  rebuild_queue(s);
}

/// Room for every job of the file, and behind them for those that only the store knows. Returned is
/// where the facts of each of them are.
JobNames make_room(State& s, const Stored& stored) {
  std::set<std::string_view> left;
  s.listed = static_cast<JobIndex>(s.spec.jobs.size());
  s.names = JobNames(s.spec.jobs, s.listed);
  for (const JobRow& row : stored.jobs) {
    if (!s.find_job(row.job)) left.insert(row.job);
  }
  for (const RunRow& row : stored.open_runs) {
    if (!s.find_job(row.job)) left.insert(row.job);
  }
  for (const std::string_view name : left) {
    JobSpec only_name;
    only_name.name = name;
    s.spec.jobs.push_back(std::move(only_name));
  }
  s.jobs.resize(s.spec.jobs.size());
  s.wake = WakeQueue{s.jobs.size()};
  return {s.spec.jobs, static_cast<JobIndex>(s.jobs.size())};
}

/// The machine went down under the last daemon: what it recorded at last may not have reached the
/// disk, with ids that are known outside.
bool may_have_forgotten(const Stored& stored, const NodeFacts& node) {
  const auto& last = stored.last_node;
  return last && !last->stopped_at && last->boot_id != node.boot_id;
}

}  // namespace

State restore(FleetSpec spec, const Stored& stored, NodeFacts node, double speed, Instant now) {
  State s;
  s.spec = std::move(spec);
  s.node = std::move(node);
  s.speed = speed;
  s.opened_at = now;
  s.journal_replayed = stored.journal_replayed;
  s.epoch = stored.fleet ? s.instant(stored.fleet->epoch) : now;
  if (stored.fleet) {
    s.last_run = stored.fleet->last_run;
    s.last_token = stored.fleet->last_token;
    s.last_event = stored.fleet->last_event;
    s.notices.last = stored.fleet->last_notice;
  }
  // Nobody's lateness: from the last row to this start, where downtime counts as time at all.
  const Duration down = stored.fleet && s.speed == 1
                            ? std::max(Duration{0}, now - s.instant(stored.fleet->clock))
                            : Duration{0};
  if (may_have_forgotten(stored, s.node)) {
    s.last_run.value += kUnsyncedIdsMax;
    s.last_token.value += kUnsyncedIdsMax;
    s.last_event.value += kUnsyncedIdsMax;
    s.notices.last.value += kUnsyncedIdsMax;
  }
  const JobNames places = make_room(s, stored);
  for (Job& job : s.jobs) job.first_loaded = now;

  const Instant decided_through = stored.fleet ? s.instant(stored.fleet->clock) : now;
  std::vector<bool> known(s.jobs.size(), false);
  for (const JobRow& row : stored.jobs) {
    const JobIndex index = *places.find(s.spec.jobs, row.job);
    known[index] = true;
    restore_job(s, index, row, decided_through, now);
  }
  for (JobIndex i = 0; i < s.listed; ++i) {
    if (known[i]) continue;
    s.jobs[i].next = entry_slot(s, i, now, 0);
    s.jobs[i].job_row_dirty = true;
  }
  for (const HeartbeatRow& row : stored.heartbeats) {
    const auto index = places.find(s.spec.jobs, row.job);
    if (index) restore_heartbeat(s, s.jobs[*index], row);
  }
  for (const auto& [name, lengths] : stored.durations) {
    const auto index = places.find(s.spec.jobs, name);
    if (index) s.jobs[*index].durations = Durations{lengths};
  }
  restore_probes(s, stored.probes);
  restore_notices(s, stored.notices);
  s.dependents = dependents_of(s);
  restore_runs(s, stored, places, now);
  for (JobIndex i = 0; i < s.listed; ++i) {
    complete_after(s, i, now);
    restore_watch(s, i, down);
  }
  return s;
}

}  // namespace takt::core
