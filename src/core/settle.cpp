#include "core/settle.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/dependencies.h"
#include "core/notices.h"
#include "core/retry.h"
#include "core/waiting.h"
#include "core/watchdog.h"

namespace takt::core {
namespace {

/// Start of the waiting time that start_within allows a catch-up run whose turn has come.
void begin_waiting(Turn& turn, Run& run) {
  const JobSpec& spec = turn.s.spec_of(run.job);
  if (run.cause == Cause::catchup && !run.started_at && !run.deadline && spec.start_within) {
    run.deadline = saturating_add(turn.now, *spec.start_within);
  }
}

/// Takes the run out of its job and lets those behind it go on.
void leave_job(Turn& turn, Run& run) {
  Job& job = turn.job(run.job);
  withdraw(turn.s, run);
  stop_waiting_for_needs(turn, run);
  std::erase(job.open, run.id);
  turn.touch(run);
  for (const RunId id : job.open) {
    if (turn.run(id).blocked) look_for_turn(turn, turn.run(id));
  }
}

/// `after` jobs: the next slot follows from the end of the last run.
void schedule_after(Turn& turn, JobIndex index) {
  const auto* after = std::get_if<After>(&turn.s.spec_of(index).schedule);
  Job& job = turn.job(index);
  if (after == nullptr || !job.open.empty() || turn.s.has_left(index)) return;
  job.next = Slot{job.next_number, saturating_add(turn.now, after->delay)};
  turn.touch(index, true);
}

void note_success(Turn& turn, const Run& run) {
  Job& job = turn.job(run.job);
  job.last_success = turn.now;
  job.last_success_started = run.started_at;
  const int failures_before = std::exchange(job.consecutive_failures, 0);
  if (run.started_at) job.durations.add(turn.now - *run.started_at);
  reset_after_success(job);
  tell_recovered(turn, run.job, run.id, failures_before);
  if (job.needs_since) job.needs_since = turn.now;  // the watchdog's clock begins anew
  // With overlap = "allow" others wait meanwhile: their length is expected anew; and it may have
  // started before the last one that succeeded, so that what was too old for that one is fresh again.
  look_again(turn, run.job);
  for (const RunId id : job.open) {  // newer slots are not answered by it
    const Run& other = turn.run(id);
    if (other.slot && !job.unmet_since) job.unmet_since = should_have_started(other);
  }
  if (job.quarantined && run.forced) {
    job.quarantined = false;
    look_again(turn, run.job);
    turn.event(
        Severity::info, EventKind::resumed, run.job, run.id,
        fmt::format("{} leaves quarantine: a forced run succeeded", turn.s.spec_of(run.job).name));
  }
  turn.touch(run.job, true);
}

void note_failure(Turn& turn, const Run& run, Outcome outcome) {
  const JobSpec& spec = turn.s.spec_of(run.job);
  Job& job = turn.job(run.job);
  job.last_failure = turn.now;
  job.consecutive_failures += 1;
  const std::string text = fmt::format(
      "{}: run {} ended {} after {} attempt{}{}{}", spec.name, run.id.value, word(outcome),
      run.attempts, run.attempts == 1 ? "" : "s", run.ending.empty() ? "" : ": ", run.ending);
  tell_failed(turn, run.job, run.id, text);
  turn.event(Severity::error, EventKind::run_failed, run.job, run.id, text,
             {{"outcome", std::string{word(outcome)}},
              {"consecutive_failures", std::to_string(job.consecutive_failures)}});
  if (!spec.quarantine_after || job.quarantined ||
      job.consecutive_failures < *spec.quarantine_after) {
    return;
  }
  job.quarantined = true;
  job.stuck = job.overdue = false;  // nobody waits for a success of it now
  turn.touch(run.job, true);
  look_again(turn, run.job);
  const std::string stopped =
      fmt::format("{} is quarantined after {} failed runs in a row; `takt resume {}` ends it",
                  spec.name, job.consecutive_failures, spec.name);
  turn.event(Severity::error, EventKind::quarantined, run.job, run.id, stopped);
  tell_trouble(turn, run.job, run.id, NoticeKind::quarantined, stopped);
}

/// What a gate found is news; pauses, quarantines and disabled jobs are known.
void tell_skip(Turn& turn, const Run& run, Reason reason) {
  if (!is_news(reason)) return;
  const auto refused = std::ranges::find(run.gates, GateAnswer::skip, &Gate::answer);
  const std::string why = refused == run.gates.end() ? std::string{word(reason)} : refused->text;
  turn.event(
      Severity::warning, EventKind::run_skipped, run.job, run.id,
      fmt::format("{}: run {} is skipped: {}", turn.s.spec_of(run.job).name, run.id.value, why),
      {{"reason", std::string{word(reason)}}});
}

}  // namespace

bool is_news(Reason reason) {
  return reason == Reason::overlap || reason == Reason::memory || reason == Reason::dep_timeout ||
         reason == Reason::dep_failed;
}

std::optional<RunId> blocker_of(const State& s, const Run& run) {
  const Overlap overlap = s.spec_of(run.job).overlap;
  for (const RunId id : s.jobs[run.job].open) {
    if (id >= run.id) break;
    if (overlap != Overlap::allow) return id;
    if (run.cause == Cause::catchup && s.runs.at(id).cause == Cause::catchup) return id;
  }
  return std::nullopt;
}

RunId make_run(Turn& turn, JobIndex index, RunDraft draft) {
  State& s = turn.s;
  const JobSpec& spec = s.spec_of(index);
  s.last_run.value += 1;
  Run run;
  run.id = s.last_run;
  run.job = index;
  run.cause = draft.cause;
  run.slot = draft.slot;
  if (run.slot && follows_the_wall(spec.schedule)) run.slot_at = s.wall(run.slot->due);
  run.priority = draft.priority.value_or(spec.priority);
  run.rank_at = rank_of(s, draft.rank_from.value_or(turn.now), run.priority);
  run.queued_at = turn.now;
  run.deadline = draft.deadline;
  run.node = s.node.node;
  run.triggered_by = draft.triggered_by;
  run.note = std::move(draft.note);
  run.params = std::move(draft.params);
  run.forced = draft.forced;
  run.blocked = blocker_of(s, run).has_value();

  const RunId id = run.id;
  Run& placed = s.runs.emplace(id, std::move(run)).first->second;
  s.jobs[index].open.push_back(id);
  turn.touch(placed);
  if (!placed.blocked) {
    begin_waiting(turn, placed);
    make_ready(turn, placed);
  }
  return id;
}

void look_for_turn(Turn& turn, Run& run) {
  const bool was_blocked = run.blocked;
  run.blocked = blocker_of(turn.s, run).has_value();
  if (run.blocked == was_blocked) return;
  turn.touch(run);
  if (run.blocked) {
    withdraw(turn.s, run);
    stop_waiting_for_needs(turn, run);
    return;
  }
  if (run.state != RunState::waiting) return;  // a retry joins when its own wait is over
  begin_waiting(turn, run);
  make_ready(turn, run);
}

void rank_anew(Turn& turn, Run& run, Duration old_ageing) {
  const bool is_rescue = run.cause == Cause::recovery || run.cause == Cause::health;
  const Priority priority = is_rescue ? run.priority : turn.s.spec_of(run.job).priority;
  const Instant from = run.rank_at - static_cast<int>(run.priority) * old_ageing;
  const Instant rank_at = rank_of(turn.s, from, priority);
  if (rank_at == run.rank_at && priority == run.priority) return;
  run.priority = priority;
  set_rank(turn, run, rank_at, run.lent_rank_at);
  lend_rank_anew(turn, run);
}

Instant should_have_started(const Run& run) {
  return run.cause == Cause::catchup || !run.slot ? run.queued_at : run.slot->due;
}

void give_up(Turn& turn, Run& run, Disposition disposition, Reason reason, Gates gates) {
  const JobSpec& spec = turn.s.spec_of(run.job);
  Job& job = turn.job(run.job);
  run.state = RunState::ended;
  run.disposition = disposition;
  run.reason = reason;
  run.ended_at = turn.now;
  run.gates = std::move(gates);
  if (disposition == Disposition::cancelled) run.outcome = Outcome::cancelled;
  if (disposition == Disposition::missed) {
    if (run.slot && !job.waiting_due) {
      job.waiting_due = run.slot->due;
      turn.touch(run.job, true);
    }
    turn.event(Severity::warning, EventKind::slot_missed, run.job, run.id,
               fmt::format("{}: run {} could not start in time ({})", spec.name, run.id.value,
                           word(reason)),
               {{"reason", std::string{word(reason)}}});
  }
  if (disposition == Disposition::skipped) {
    job.last_skip = turn.now;
    tell_skip(turn, run, reason);
  }
  leave_job(turn, run);
  upstream_ended(turn, run, false);
  schedule_after(turn, run.job);
}

void settle(Turn& turn, Run& run, Outcome outcome) {
  run.state = RunState::ended;
  run.outcome = outcome;
  run.ended_at = turn.now;
  run.retry_at.reset();
  turn.job(run.job).last_outcome = outcome;
  leave_job(turn, run);
  if (outcome == Outcome::ok) note_success(turn, run);
  if (counts_as_failure(outcome)) note_failure(turn, run, outcome);
  upstream_ended(turn, run, outcome == Outcome::ok);
  schedule_after(turn, run.job);
}

}  // namespace takt::core
