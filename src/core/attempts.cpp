#include "core/attempts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "base/stable_hash.h"
#include "core/beats.h"
#include "core/dependencies.h"
#include "core/retry.h"
#include "core/settle.h"
#include "core/waiting.h"
#include "core/wall_slots.h"
#include "core/watchdog.h"

namespace takt::core {
namespace {

Outcome outcome_of_kill(KillReason why) {
  switch (why) {
    case KillReason::timeout:
      return Outcome::timeout;
    case KillReason::hung:
      return Outcome::hung;
    case KillReason::cancelled:
    case KillReason::shutdown:
      return Outcome::cancelled;
  }
  return Outcome::cancelled;
}

Outcome outcome_of(const ProcessEnd& end, std::optional<KillReason> killing) {
  const bool stopping = killing == KillReason::cancelled || killing == KillReason::shutdown;
  if (end.spawn_errno && !stopping)
    return Outcome::spawn_failed;  // nothing was there to be too old
  // A kill that came while only the output was still being drained changes no outcome.
  if (killing && !end.by_itself) return outcome_of_kill(*killing);
  if (end.out_of_memory) return Outcome::oom;
  if (end.signal) return Outcome::failed;
  if (!end.exit_code) return Outcome::lost;
  return *end.exit_code == 0 ? Outcome::ok : Outcome::failed;
}

/// How an attempt failed, where its outcome leaves that open.
std::string ending_of(const ProcessEnd& end, Outcome outcome) {
  if (outcome == Outcome::spawn_failed) return end.error;
  if (outcome != Outcome::failed) return {};
  if (end.signal) {
    const char* name = ::sigabbrev_np(*end.signal);
    const std::string known = name == nullptr ? std::string{} : fmt::format(" (SIG{})", name);
    return fmt::format("signal {}{}", *end.signal, known);
  }
  return end.exit_code ? fmt::format("exit code {}", *end.exit_code) : std::string{};
}

/// The run waits before its next attempt; `nth` is how many ends of this kind it had.
void back_off(Turn& turn, Run& run, int nth) {
  const JobSpec& spec = turn.s.spec_of(run.job);
  const std::uint64_t seed = stable_hash(spec.name, run.id.value * 64 + nth);
  run.state = RunState::retrying;
  run.retry_at = saturating_add(turn.now, retry_wait(spec.retry, nth, seed));
  turn.touch(run);
}

void after_loss(Turn& turn, Run& run, bool only_once) {
  const JobSpec& spec = turn.s.spec_of(run.job);
  run.losses += 1;
  turn.event(Severity::warning, EventKind::attempt_lost, run.job, run.id,
             fmt::format("{}: run {} attempt {} was lost", spec.name, run.id.value, run.attempts));
  if (only_once || run.losses > kLostBudget) {
    settle(turn, run, Outcome::lost);
    return;
  }
  back_off(turn, run, run.losses);
}

void after_failure(Turn& turn, Run& run, Outcome outcome, std::optional<int> exit_code) {
  const JobSpec& spec = turn.s.spec_of(run.job);
  run.failures += 1;
  const bool again =
      run.failures <= spec.retry.retries && retries_outcome(spec.retry, outcome, exit_code);
  if (!again) {
    settle(turn, run, outcome);
    return;
  }
  back_off(turn, run, run.failures);
}

void after_shutdown(Turn& turn, Run& run, bool only_once) {
  if (only_once) {
    run.reason = Reason::shutdown;
    settle(turn, run, Outcome::cancelled);
    return;
  }
  run.state = RunState::retrying;
  run.retry_at = turn.now;
  turn.touch(run);
}

/// The job has left the fleet file: the attempt was let end, and no other follows.
void end_without_job(Turn& turn, Run& run, Outcome outcome) {
  const bool unknown = outcome == Outcome::lost || outcome == Outcome::browser_lost;
  if (unknown || outcome == Outcome::cancelled) {
    run.reason = Reason::reload;
    settle(turn, run, Outcome::cancelled);
    return;
  }
  if (counts_as_failure(outcome)) run.failures += 1;
  settle(turn, run, outcome);
}

/// Started, or to be started again, with the promise of at most one start.
bool is_only_once(const State& s, const Run& run) {
  return s.obeyed(run).delivery == Delivery::at_most_once ||
         s.spec_of(run.job).delivery == Delivery::at_most_once;
}

/// Writes the attempt's end, takes it off the run, and decides what follows.
void end_attempt(Turn& turn, Run& run, Outcome outcome, const ProcessEnd& end) {
  AttemptRow row = attempt_row(turn.s, run, *run.attempt);
  row.ended_at = turn.s.wall(turn.now);
  row.outcome = outcome;
  row.exit_code = end.exit_code;
  row.signal = end.signal;
  row.spawn_errno = end.spawn_errno;
  row.error = end.error;
  row.rss_max_bytes = end.rss_max_bytes;
  row.log_bytes = end.log_bytes;
  row.leaked = end.leaked;
  turn.rows.emplace_back(std::move(row));

  const bool by_shutdown = run.attempt->killing == KillReason::shutdown;
  const bool only_once = is_only_once(turn.s, run);
  const bool by_silence = run.attempt->silent;
  turn.s.tokens.erase(run.attempt->token);
  turn.s.checks.erase(run.attempt->token);
  if (run.attempt->phase != Phase::leftover) turn.s.live_attempts -= 1;
  run.attempt.reset();
  run.ending = ending_of(end, outcome);
  turn.s.queue.release(run.id);
  turn.touch(run);
  // Whoever joined it while it lived hears when nothing may follow: its job is paused meanwhile.
  if (!is_at_work(turn.s, run.job)) look_again_at_dependents(turn, run.job);
  if (end.leaked > 0) {
    turn.event(
        Severity::warning, EventKind::leaked_processes, run.job, run.id,
        fmt::format("{}: run {} left {} process{} behind, killed", turn.s.spec_of(run.job).name,
                    run.id.value, end.leaked, end.leaked == 1 ? "" : "es"),
        {{"count", std::to_string(end.leaked)}});
  }

  if (run.cancelled) {
    settle(turn, run, Outcome::cancelled);
    return;
  }
  if (turn.s.has_left(run.job)) {
    end_without_job(turn, run, outcome);
    return;
  }
  switch (outcome) {
    case Outcome::ok:
      settle(turn, run, outcome);
      return;
    case Outcome::lost:
    case Outcome::browser_lost:
      after_loss(turn, run, only_once);
      return;
    case Outcome::hung: {
      const auto [job, id] = std::pair{run.job, run.id};
      settle(turn, run, outcome);
      recover_from_hang(turn, job, id, by_silence);
      return;
    }
    case Outcome::cancelled:
      if (by_shutdown) {
        after_shutdown(turn, run, only_once);
      } else {
        settle(turn, run, outcome);
      }
      return;
    case Outcome::failed:
    case Outcome::timeout:
    case Outcome::oom:
    case Outcome::spawn_failed:
      after_failure(turn, run, outcome, end.exit_code);
      return;
  }
}

std::vector<std::pair<std::string, std::string>> params_of(const JobSpec& spec, const Run& run) {
  std::vector<std::pair<std::string, std::string>> all;
  for (const Param& param : spec.params) {
    std::string value = param.default_value;
    for (const auto& [name, given] : run.params) {
      if (name == param.name) value = given;
    }
    all.emplace_back(param.name, std::move(value));
  }
  return all;
}

LaunchAttempt launch_of(const Turn& turn, const Run& run) {
  LaunchAttempt launch;
  launch.token = run.attempt->token;
  launch.run = run.id;
  launch.attempt = run.attempt->number;
  launch.job = run.job;
  launch.cause = run.cause;
  launch.slot_at = slot_name(turn.s, run);
  launch.now = turn.s.wall(turn.now);
  launch.params = params_of(turn.s.spec_of(run.job), run);
  launch.builtin = turn.s.spec_of(run.job).builtin;
  return launch;
}

/// The check that a health job carries out, as it stands in the file now.
std::shared_ptr<const HealthSpec> begin_check(Turn& turn, const Run& run) {
  const JobSpec& spec = turn.s.spec_of(run.job);
  if (spec.builtin != Builtin::health) return nullptr;
  auto check = std::make_shared<const HealthSpec>(turn.s.spec.health.at(spec.health));
  turn.s.checks[run.attempt->token] = {.spec = check, .due = should_have_started(run)};
  return check;
}

void launch(Turn& turn, Run& run) {
  run.attempt->phase = Phase::launching;
  // Limits count from here, however long the store took.
  run.attempt->started_at = run.attempt->quiet_since = turn.now;
  turn.s.wake.set(run.job, wake_of(turn.s, run.job));
  LaunchAttempt order = launch_of(turn, run);
  order.check = begin_check(turn, run);
  turn.effects.emplace_back(std::move(order));
}

}  // namespace

Run* run_of(Turn& turn, Token token) {
  const auto found = turn.s.tokens.find(token);
  return found == turn.s.tokens.end() ? nullptr : &turn.run(found->second);
}

void start_attempt(Turn& turn, Run& run) {
  State& s = turn.s;
  TAKT_ASSERT(!run.attempt, "one attempt of a run at a time");
  withdraw(s, run);
  stop_waiting_for_needs(turn, run);
  const Waiter waiter = waiter_of(s, run);
  run.expected = waiter.length;
  s.queue.start(waiter, run.job, turn.now);
  s.last_token.value += 1;
  s.live_attempts += 1;
  run.attempts += 1;
  run.state = RunState::running;
  run.retry_at.reset();
  run.deadline.reset();
  if (!run.started_at) {
    run.started_at = turn.now;
    run.disposition = Disposition::ran;
  }
  Job& job = turn.job(run.job);
  job.last_start = turn.now;
  if (std::exchange(job.waiting_due, std::nullopt)) turn.touch(run.job, true);
  forget_beat(job);

  Attempt attempt;
  attempt.number = run.attempts;
  attempt.token = s.last_token;
  attempt.decided_at = attempt.started_at = attempt.quiet_since = turn.now;
  attempt.node = s.node.node;
  attempt.uses = s.spec_of(run.job).uses;
  if (s.memory.reading.total_bytes > 0) attempt.memory_used_ratio = s.memory.reading.used_ratio();
  run.attempt = attempt;
  s.tokens.emplace(attempt.token, run.id);
  s.pending_launches.push_back({turn.seq(), attempt.token});
  turn.synced |= s.spec_of(run.job).delivery == Delivery::at_most_once;
  turn.rows.emplace_back(attempt_row(s, run, *run.attempt));
  turn.touch(run);
}

void on_recorded(Turn& turn, const Recorded& event) {
  auto& pending = turn.s.pending_launches;
  while (!pending.empty() && pending.front().after <= event.through) {
    Run* run = run_of(turn, pending.front().token);
    pending.pop_front();
    if (run != nullptr) launch(turn, *run);  // else it was killed before its launch
  }
}

void launch_journaled(Turn& turn, Seq through) {
  std::erase_if(turn.s.pending_launches, [&](const PendingLaunch& pending) {
    if (pending.after > through) return false;
    Run* run = run_of(turn, pending.token);
    if (run == nullptr) return true;
    if (!turn.s.spec_of(run->job).starts_without_store())
      return false;  // goes on when the store is back
    launch(turn, *run);
    return true;
  });
}

void on_started(Turn& turn, const AttemptStarted& event) {
  Run* run = run_of(turn, event.token);
  if (run == nullptr) return;
  Attempt& attempt = *run->attempt;
  attempt.phase = Phase::running;
  attempt.process = event.process;
  attempt.started_at = turn.now;
  if (!attempt.last_beat) attempt.quiet_since = turn.now;
  if (attempt.number == 1) run->started_at = turn.now;
  turn.job(run->job).last_start = turn.now;
  turn.rows.emplace_back(attempt_row(turn.s, *run, attempt));
  turn.touch(*run);
}

void on_deferred(Turn& turn, const StartDeferred& event) {
  Run* run = run_of(turn, event.token);
  if (run == nullptr || run->attempt->phase != Phase::launching) return;
  run->attempt->phase = Phase::deferred;
  turn.s.wake.set(run->job, wake_of(turn.s, run->job));
  turn.event(Severity::warning, EventKind::problem, run->job, run->id,
             fmt::format("{}: run {} cannot be started for now, it is tried again: {}",
                         turn.s.spec_of(run->job).name, run->id.value, event.why));
}

void on_mains_ended(Turn& turn, const MainsEnded& event) {
  for (const Token token : event.tokens) {
    Run* run = run_of(turn, token);
    if (run == nullptr || run->attempt->phase != Phase::running) continue;
    run->attempt->phase = Phase::ending;
    turn.s.wake.set(run->job, wake_of(turn.s, run->job));
  }
}

void on_ended(Turn& turn, const AttemptEnded& event) {
  Run* run = run_of(turn, event.token);
  if (run == nullptr || run->attempt->phase == Phase::leftover) return;
  end_attempt(turn, *run, outcome_of(event.end, run->attempt->killing), event.end);
}

void on_leftover_gone(Turn& turn, const LeftoverGone& event) {
  Run* run = run_of(turn, event.token);
  if (run == nullptr || run->attempt->phase != Phase::leftover) return;
  turn.s.leftovers -= 1;
  turn.job(run->job).leftovers -= 1;
  ProcessEnd end;
  end.error = turn.s.has_left(run->job)
                  ? "its job is no longer in the fleet file; its end is not known"
                  : "the daemon that started it was gone; its end is not known";
  end_attempt(turn, *run, Outcome::lost, end);
}

void cancel_run(Turn& turn, Run& run, Reason by) {
  run.cancelled = true;
  run.reason = by;  // in the row at once: a cancellation survives a crash
  turn.touch(run);
  if (run.attempt) {
    kill_attempt(turn, run, KillReason::cancelled);
  } else if (run.started_at) {
    settle(turn, run, Outcome::cancelled);
  } else {
    give_up(turn, run, Disposition::cancelled, by, {});
  }
}

void kill_attempt(Turn& turn, Run& run, KillReason why, bool at_once) {
  Attempt& attempt = *run.attempt;
  if (attempt.phase == Phase::leftover) return;  // being killed already
  if (attempt.phase == Phase::recording) {
    attempt.killing = why;
    ProcessEnd end;
    end.error = "never launched";
    end_attempt(turn, run, outcome_of_kill(why), end);
    return;
  }
  if (attempt.killing && !at_once) return;
  if (!attempt.killing) attempt.killing = why;
  const Duration grace = at_once ? Duration{0} : turn.s.obeyed(run).kill_grace;
  turn.effects.emplace_back(KillTree{attempt.token, why, grace});
  turn.touch(run);
}

}  // namespace takt::core
