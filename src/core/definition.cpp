#include "core/definition.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/admission.h"
#include "core/attempts.h"
#include "core/params.h"
#include "core/settle.h"
#include "core/wall_slots.h"

namespace takt::core {
namespace {

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
  const auto next = next_slot(spec, s.line(), *run.slot);
  return next ? std::optional{next->due - run.slot->due} : std::nullopt;
}

/// A process is there, or may be.
bool has_process(const Run& run) {
  if (!run.attempt) return false;
  switch (run.attempt->phase) {
    case Phase::recording:
    case Phase::deferred:
      return false;
    case Phase::launching:
    case Phase::running:
    case Phase::ending:
    case Phase::leftover:
      return true;
  }
  return true;
}

void leave(Turn& turn, JobIndex index) {
  const std::vector<RunId> open = turn.job(index).open;
  for (const RunId id : open) {
    if (!has_process(turn.run(id))) cancel_run(turn, turn.run(id), Reason::reload);
  }
}

void cancel_unfit(Turn& turn, JobIndex index) {
  const std::vector<RunId> open = turn.job(index).open;
  for (const RunId id : open) {
    Run& run = turn.run(id);
    if (run.attempt || run.params.empty()) continue;
    const auto fits = check_params(turn.s.spec_of(index), run.params);
    if (fits) continue;
    turn.event(Severity::warning, EventKind::run_cancelled, index, id,
               fmt::format("{}: run {} is cancelled, its parameters do not fit any more: {}",
                           turn.s.spec_of(index).name, id.value, fits.error()));
    cancel_run(turn, run, Reason::reload);
  }
}

}  // namespace

void follow_schedule(State& s, JobIndex index, std::string_view followed,
                     std::optional<Instant> next, Instant decided_through, Instant now) {
  const JobSpec& spec = s.spec_of(index);
  Job& job = s.jobs[index];
  OldCursor old{followed, job.next_number, std::nullopt, decided_through};
  if (next) old.next = Slot{job.next_number, *next};
  job.next = resumed_cursor(s, index, old, now);
  if (followed == schedule_fingerprint(spec)) return;
  // Written at once: a second start must not look at the same change again, from a later now.
  job.job_row_dirty = true;
  const auto* after = std::get_if<After>(&spec.schedule);
  const auto old_delay = delay_in_fingerprint(followed);
  if (after == nullptr || !old_delay || !next) return;
  job.next->due = std::max(now, saturating_add(*next - *old_delay, after->delay));
}

void complete_after(State& s, JobIndex index, Instant now) {
  Job& job = s.jobs[index];
  if (!std::holds_alternative<After>(s.spec_of(index).schedule)) return;
  if (!job.open.empty()) {
    job.next.reset();  // the open run's end decides
  } else if (!job.next) {
    job.next = Slot{job.next_number, now};
  }
}

std::optional<Instant> deadline_of(const State& s, const Run& run, Instant anew) {
  if (run.state != RunState::waiting || !run.slot) return std::nullopt;
  const std::optional<Duration> wait = patience(s, run);
  if (!wait) return std::nullopt;
  if (run.cause == Cause::catchup && run.blocked) return std::nullopt;  // begins with its turn
  const Instant deadline = saturating_add(should_have_started(run), *wait);
  const bool was_down = s.speed == 1 && deadline <= s.opened_at;
  const bool caught_up = was_down && s.spec_of(run.job).catchup != Catchup::none;
  return caught_up || stands_for_newer(s, run) ? saturating_add(anew, *wait) : deadline;
}

void redefine_runs(Turn& turn, JobIndex index, Duration old_ageing) {
  if (turn.s.has_left(index)) {
    leave(turn, index);
    return;
  }
  for (const RunId id : std::vector<RunId>{turn.job(index).open}) {
    rank_anew(turn, turn.run(id), old_ageing);
    look_for_turn(turn, turn.run(id));
  }
  cancel_unfit(turn, index);
  recheck_waiting(turn, index);
}

}  // namespace takt::core
