#include "core/watchdog.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/attempts.h"
#include "core/beats.h"
#include "core/degraded.h"
#include "core/notices.h"
#include "core/settle.h"
#include "core/turn.h"

namespace takt::core {
namespace {

constexpr Duration kOneTick{1};  // "older than": the first instant beyond the limit
constexpr int kDoublingsMax = 20;
/// Noticed later than this, a silence was nobody's: the machine or the daemon stood still, beats may
/// lie unread, and the job could not give any. It counts anew.
constexpr Duration kOverslept{1000};

struct Limit {
  Instant at;
  KillReason why;
  bool silent = false;
};

/// Launching counts: the launcher tells at once of a process, and of a start that is deferred.
bool has_process(Phase phase) {
  switch (phase) {
    case Phase::launching:
    case Phase::running:
      return true;
    case Phase::recording:
    case Phase::deferred:
    case Phase::ending:
    case Phase::leftover:
      return false;
  }
  return false;
}

/// The next limit of a living attempt that nobody is killing yet.
std::optional<Limit> attempt_limit(const State& s, const Run& run) {
  if (!run.attempt || run.attempt->killing) return std::nullopt;
  if (!has_process(run.attempt->phase)) return std::nullopt;  // nothing that could hang
  const JobSpec& spec = s.obeyed(run);
  std::optional<Limit> limit;
  const Instant start = run.attempt->started_at;
  if (spec.hung_after) {
    limit = Limit{saturating_add(start, *spec.hung_after + kOneTick), KillReason::hung};
  }
  if (spec.beat_within) {
    const Instant at = saturating_add(run.attempt->quiet_since, *spec.beat_within + kOneTick);
    if (!limit || at < limit->at) limit = Limit{at, KillReason::hung, true};
  }
  if (spec.timeout) {
    const Instant at = saturating_add(start, *spec.timeout);
    if (!limit || at < limit->at) limit = Limit{at, KillReason::timeout};
  }
  return limit;
}

bool is_watched(const State& s, JobIndex index) {
  return s.mode == Mode::working && s.jobs[index].leftovers == 0 && is_at_work(s, index);
}

/// A threshold that was crossed before is crossed again only after its backoff.
Instant backed_off(const Job& job, Instant first, Duration threshold) {
  if (job.recoveries == 0 || !job.last_recovery) return first;
  const std::int64_t times = std::int64_t{1} << std::min(job.recoveries, kDoublingsMax);
  std::int64_t wait = 0;
  if (__builtin_mul_overflow(threshold.count(), times, &wait)) wait = kDurationMax.count();
  return std::max(first, saturating_add(*job.last_recovery, Duration{wait} + kOneTick));
}

std::optional<Instant> next_stuck(const State& s, JobIndex index) {
  const auto first = stuck_at(s, index);
  if (!first || s.jobs[index].needs_since) return std::nullopt;  // the deadline moves with the wait
  return backed_off(s.jobs[index], *first, *s.spec_of(index).stale_after);
}

/// When the oldest unmet slot is overdue, verdicts or not.
std::optional<Instant> overdue_at(const State& s, JobIndex index) {
  const JobSpec& spec = s.spec_of(index);
  const Job& job = s.jobs[index];
  if (!spec.late_after || !job.unmet_since) return std::nullopt;
  const Duration allowed = expected_longest(job.durations, spec.expect) + *spec.late_after;
  return saturating_add(*job.unmet_since, allowed + kOneTick);
}

std::optional<Instant> next_overdue(const State& s, JobIndex index) {
  const auto first = overdue_at(s, index);
  if (!first) return std::nullopt;
  return backed_off(s.jobs[index], *first, *s.spec_of(index).late_after);
}

/// Starts the emergency run, unless a run of the job is under way.
void recover(Turn& turn, JobIndex index, std::string note, std::optional<RunId> because_of) {
  Job& job = turn.job(index);
  job.recoveries += 1;
  job.last_recovery = turn.now;
  job.recovery_due.reset();
  job.recovery_for.reset();
  turn.touch(index, true);
  if (!job.open.empty()) return;
  RunDraft draft;
  draft.cause = Cause::recovery;
  draft.priority = Priority::P0;
  draft.note = note;
  draft.triggered_by = because_of;
  const RunId run = make_run(turn, index, std::move(draft));
  turn.event(Severity::warning, EventKind::recovery_started, index, run,
             fmt::format("recovery run {} of {}: {}", run.value, turn.s.spec_of(index).name, note));
}

void fire_stuck(Turn& turn, JobIndex index, Duration late) {
  const JobSpec& spec = turn.s.spec_of(index);
  Job& job = turn.job(index);
  job.stuck = true;
  const std::string text = fmt::format("no success for {}", format_duration(*spec.stale_after));
  const std::string told = fmt::format("{} is stuck: {}{}", spec.name, text,
                                       job.open.empty() ? "" : "; a run is under way");
  tell_trouble(turn, index, std::nullopt, NoticeKind::stuck, told);
  turn.event(Severity::error, EventKind::job_stuck, index, std::nullopt, told,
             {{"stale_after_ms", std::to_string(spec.stale_after->count())},
              {"verdict", std::to_string(job.recoveries + 1)},
              {"noticed_after_ms", std::to_string(late.count())}});
  recover(turn, index, text, std::nullopt);
}

void fire_overdue(Turn& turn, JobIndex index, Duration late) {
  const JobSpec& spec = turn.s.spec_of(index);
  Job& job = turn.job(index);
  job.overdue = true;
  const std::string text =
      fmt::format("a success is owed since {}", format_rfc3339(turn.s.wall(*job.unmet_since)));
  const std::string told = fmt::format("{} is overdue: {}{}", spec.name, text,
                                       job.open.empty() ? "" : "; a run is under way");
  tell_trouble(turn, index, std::nullopt, NoticeKind::overdue, told);
  turn.event(Severity::error, EventKind::job_overdue, index, std::nullopt, told,
             {{"late_after_ms", std::to_string(spec.late_after->count())},
              {"verdict", std::to_string(job.recoveries + 1)},
              {"noticed_after_ms", std::to_string(late.count())}});
  recover(turn, index, text, std::nullopt);
}

/// Says what is wrong with an attempt that is about to be killed as hung.
void tell_hang(Turn& turn, const Run& run, Duration late) {
  const JobSpec& spec = turn.s.obeyed(run);
  const Attempt& attempt = *run.attempt;
  const Duration limit = attempt.silent ? *spec.beat_within : *spec.hung_after;
  std::string text =
      fmt::format("{} hangs: run {} attempt {} is {} {}", spec.name, run.id.value, attempt.number,
                  attempt.silent ? "silent for longer than" : "older than", format_duration(limit));
  std::vector<std::pair<std::string, std::string>> data{
      {attempt.silent ? "beat_within_ms" : "hung_after_ms", std::to_string(limit.count())},
      {"pid", std::to_string(attempt.process.pid)},
      {"noticed_after_ms", std::to_string(late.count())}};
  if (attempt.last_beat) {
    const WallTime at = turn.s.wall(*attempt.last_beat);
    const std::string said = beat_text(attempt.said);
    text += fmt::format("; its last beat was at {}{}", format_rfc3339(at),
                        said.empty() ? "" : " (" + said + ")");
    data.emplace_back("last_beat_at", format_rfc3339(at));
    if (attempt.said.progress)
      data.emplace_back("progress", std::to_string(*attempt.said.progress));
    if (attempt.said.note) data.emplace_back("note", *attempt.said.note);
  } else if (attempt.silent) {
    text += "; it never beat";
  }
  turn.event(Severity::error, EventKind::job_hung, run.job, run.id, std::move(text),
             std::move(data));
}

}  // namespace

std::optional<Instant> stuck_at(const State& s, JobIndex index) {
  const JobSpec& spec = s.spec_of(index);
  if (!spec.stale_after) return std::nullopt;
  const Job& job = s.jobs[index];
  Instant base = job.first_loaded;
  for (const auto& since : {job.last_success, job.resumed_at}) {
    if (since) base = std::max(base, *since);
  }
  if (s.speed == 1) base = std::max(base, s.opened_at);
  return saturating_add(base, *spec.stale_after + job.waited_for_needs + kOneTick);
}

std::optional<Instant> watch_deadline(const State& s, JobIndex index) {
  std::optional<Instant> earliest;
  const auto consider = [&](std::optional<Instant> at) {
    if (at && (!earliest || *at < *earliest)) earliest = at;
  };
  const Job& job = s.jobs[index];
  for (const RunId id : job.open) {
    const auto limit = attempt_limit(s, s.runs.at(id));
    if (limit) consider(limit->at);
  }
  if (is_watched(s, index) && decides(s, index)) {
    consider(next_stuck(s, index));
    consider(next_overdue(s, index));
    if (job.open.empty()) consider(job.recovery_due);
  }
  return earliest;
}

void fire_attempt_limits(Turn& turn, JobIndex index) {
  const std::vector<RunId> open = turn.job(index).open;
  for (const RunId id : open) {
    Run& run = turn.run(id);
    const auto limit = attempt_limit(turn.s, run);
    if (!limit || limit->at > turn.now) continue;
    if (limit->silent && turn.now - limit->at > kOverslept) {
      run.attempt->quiet_since = turn.now;
      continue;
    }
    run.attempt->silent = limit->silent;
    if (limit->why == KillReason::hung) tell_hang(turn, run, turn.now - limit->at);
    kill_attempt(turn, run, limit->why);
  }
}

void fire_verdicts(Turn& turn, JobIndex index) {
  if (!is_watched(turn.s, index)) return;
  const auto stuck = next_stuck(turn.s, index);
  if (stuck && *stuck <= turn.now) fire_stuck(turn, index, turn.now - *stuck);
  const auto overdue = next_overdue(turn.s, index);
  if (overdue && *overdue <= turn.now) fire_overdue(turn, index, turn.now - *overdue);
  const Job& job = turn.job(index);
  if (job.recovery_due && *job.recovery_due <= turn.now && job.open.empty()) {
    recover(turn, index, "it hung, and its backoff is over", job.recovery_for);
  }
}

void recover_from_hang(Turn& turn, JobIndex index, RunId run, bool silent) {
  const JobSpec& spec = turn.s.spec_of(index);
  Job& job = turn.job(index);
  // A run that may happen only once is not repeated because it hung.
  if (spec.delivery == Delivery::at_most_once || !is_at_work(turn.s, index)) return;
  const auto threshold = silent ? spec.beat_within : spec.hung_after;
  const Instant at = backed_off(job, turn.now, threshold.value_or(Duration{0}));
  if (at > turn.now || !is_watched(turn.s, index)) {  // a daemon that stops leaves it to the next
    job.recovery_due = at;
    job.recovery_for = run;
    turn.touch(index, true);
    return;
  }
  recover(turn, index, fmt::format("run {} hung", run.value), run);
}

void restore_watch(State& s, JobIndex index, Duration down) {
  const JobSpec& spec = s.spec_of(index);
  Job& job = s.jobs[index];
  if (spec.delivery == Delivery::at_most_once) job.recovery_due.reset();
  if (!job.recovery_due) job.recovery_for.reset();
  for (const RunId id : job.open) {
    const Run& run = s.runs.at(id);
    if (run.slot && !job.unmet_since) job.unmet_since = should_have_started(run);
  }
  if (!job.unmet_since) return;
  const Instant counted_from = std::min(*job.unmet_since + down, s.opened_at);
  if (counted_from > *job.unmet_since) {
    job.unmet_since = counted_from;
    job.job_row_dirty = true;  // the next restart must not count this downtime
  }
  const auto first = overdue_at(s, index);
  const bool told = first && *first <= s.opened_at && job.recoveries > 0;
  job.overdue = told && is_at_work(s, index);
}

void watch_anew(Job& job, Instant now) {
  reset_after_success(job);
  if (job.needs_since) job.needs_since = now;
  job.resumed_at = now;
}

void reset_after_success(Job& job) {
  job.stuck = job.overdue = false;
  job.waited_for_needs = Duration{0};
  job.recoveries = 0;
  job.last_recovery.reset();
  job.recovery_due.reset();
  job.recovery_for.reset();
  job.unmet_since.reset();
}

}  // namespace takt::core
