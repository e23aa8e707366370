#include "core/slots.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/attempts.h"
#include "core/degraded.h"
#include "core/gates.h"
#include "core/settle.h"
#include "core/wall_slots.h"

namespace takt::core {
namespace {

/// The slots that are decided together: from first to the last of `due`.
struct Decision {
  Slot first;
  DueSlots due;
  bool after_downtime = false;
};

void write_slots(Turn& turn, JobIndex index, const Slot& first, const Slot& last,
                 Disposition disposition, std::optional<Reason> reason, std::optional<RunId> into,
                 Gates gates = {}) {
  SlotsRow row;
  row.job = turn.s.spec_of(index).name;
  row.first = first.number;
  row.last = last.number;
  row.at = turn.s.wall(first.due);
  row.last_at = turn.s.wall(last.due);
  row.disposition = disposition;
  row.reason = reason;
  row.run = into;
  row.decided_at = turn.s.wall(turn.now);
  row.gates = std::move(gates);
  turn.rows.emplace_back(std::move(row));
  turn.touch(index, true);
}

void miss(Turn& turn, JobIndex index, const Slot& first, const Slot& last, Reason reason) {
  write_slots(turn, index, first, last, Disposition::missed, reason, std::nullopt);
  const SlotNumber count = last.number - first.number + 1;
  turn.event(Severity::warning, EventKind::slot_missed, index, std::nullopt,
             fmt::format("{}: {} slot{} missed ({})", turn.s.spec_of(index).name, count,
                         count == 1 ? "" : "s", word(reason)),
             {{"reason", std::string{word(reason)}}, {"count", std::to_string(count)}});
}

void skip(Turn& turn, JobIndex index, const Decision& d, Gates gates) {
  const Reason reason = reason_of(gates, GateAnswer::skip, Reason::start_within);
  turn.job(index).last_skip = turn.now;
  if (is_news(reason)) {
    const auto refused = std::ranges::find(gates, GateAnswer::skip, &Gate::answer);
    const std::string why = reason == Reason::overlap ? "" : ": " + refused->text;
    turn.event(Severity::warning, EventKind::run_skipped, index, std::nullopt,
               fmt::format("{}: the slot of {} is skipped ({}){}", turn.s.spec_of(index).name,
                           format_rfc3339(turn.s.wall(d.due.last.due)), word(reason), why),
               {{"reason", std::string{word(reason)}}});
  }
  write_slots(turn, index, d.first, d.due.last, Disposition::skipped, reason, std::nullopt,
              std::move(gates));
}

/// Until when the run of a slot may wait for its start.
std::optional<Instant> start_deadline(const State& s, JobIndex index, const Slot& slot) {
  const JobSpec& spec = s.spec_of(index);
  if (spec.start_within) return saturating_add(slot.due, *spec.start_within);
  if (!s.jobs[index].open.empty() && spec.overlap != Overlap::allow) return std::nullopt;
  const auto next = next_slot(spec, s.line(), slot);
  return next ? std::optional{next->due} : std::nullopt;
}

/// The same for a catch-up run whose turn is now: counted from the decision.
std::optional<Instant> catchup_deadline(const State& s, JobIndex index, const Slot& slot,
                                        Instant now) {
  const JobSpec& spec = s.spec_of(index);
  if (spec.start_within) return saturating_add(now, *spec.start_within);
  const auto next = next_slot(spec, s.line(), slot);
  return next ? std::optional{now + (next->due - slot.due)} : std::nullopt;
}

RunId run_for_slot(Turn& turn, JobIndex index, const Slot& slot, Cause cause) {
  State& s = turn.s;
  Job& job = turn.job(index);
  const bool caught_up = cause == Cause::catchup;
  RunDraft draft;
  draft.cause = cause;
  draft.slot = slot;
  const Instant due = caught_up ? turn.now : slot.due;
  draft.rank_from = std::min(due, job.waiting_due.value_or(due));
  if (!caught_up) {
    draft.deadline = start_deadline(s, index, slot);
  } else if (job.open.empty()) {
    draft.deadline = catchup_deadline(s, index, slot, turn.now);
  } else if (s.spec_of(index).catchup != Catchup::all && s.spec_of(index).start_within) {
    // Those of "all" wait in a row; for the only one the time runs from its decision.
    draft.deadline = saturating_add(turn.now, *s.spec_of(index).start_within);
  }
  if (!job.unmet_since) job.unmet_since = due;
  return make_run(turn, index, std::move(draft));
}

/// An open run that a new slot can be coalesced into: one that has not started yet.
std::optional<RunId> unstarted(const State& s, const Job& job) {
  for (const RunId id : job.open) {
    const Run& run = s.runs.at(id);
    if (run.state == RunState::waiting) return id;
  }
  return std::nullopt;
}

/// A newer slot goes into a waiting run: its time to start is that slot's from now on.
void stand_for(const State& s, Run& run, const Slot& slot) {
  if (!run.deadline) return;
  const JobSpec& spec = s.spec_of(run.job);
  const auto next = next_slot(spec, s.line(), slot);
  if (spec.start_within) {
    run.deadline = std::max(*run.deadline, saturating_add(slot.due, *spec.start_within));
  } else if (next) {
    run.deadline = std::max(*run.deadline, next->due);
  }
}

/// Nobody was there in time: the slot may not start any more, unless it is caught up.
bool is_expired(const Turn& turn, const JobSpec& spec, const Decision& d) {
  return spec.start_within && d.due.last.due + *spec.start_within <= turn.now;
}

/// Decides slots that meet an open run. False: it is not in the way.
bool meet_open_run(Turn& turn, JobIndex index, const Decision& d) {
  const JobSpec& spec = turn.s.spec_of(index);
  Job& job = turn.job(index);
  if (job.open.empty() || spec.overlap == Overlap::allow) return false;
  if (d.after_downtime && spec.catchup != Catchup::latest) return false;
  std::optional<RunId> into;
  if (spec.overlap == Overlap::skip) {
    if (!d.after_downtime) {
      if (!job.unmet_since) job.unmet_since = d.due.last.due;
      skip(turn, index, d, evaluate_gates(turn.s, index, nullptr, turn.now));
      return true;
    }
    into = job.open.front();  // it goes on after the downtime, and so does the slots' work
  } else {
    into = unstarted(turn.s, job);
    // For a slot that is missed nothing has to make room.
    const bool runs = spec.catchup != Catchup::none || !is_expired(turn, spec, d);
    if (!into && runs && spec.overlap == Overlap::replace) {
      const std::vector<RunId> open = job.open;
      for (const RunId id : open) cancel_run(turn, turn.run(id), Reason::overlap);
    }
  }
  if (!into) return false;
  stand_for(turn.s, turn.run(*into), d.due.last);
  write_slots(turn, index, d.first, d.due.last, Disposition::coalesced, Reason::overlap, into);
  return true;
}

/// Older slots of a range, before `newest`, that do not run themselves.
void older_slots(Turn& turn, JobIndex index, const Decision& d, const Slot& newest,
                 Disposition disposition, Reason reason, std::optional<RunId> into) {
  if (newest.number == d.first.number) return;
  // The instant of the one before `newest` is found from the front of the range.
  const auto span = newest_slots(turn.s.spec_of(index), turn.s.line(), d.first, d.due,
                                 static_cast<int>(d.due.last.number - newest.number) + 2);
  const Slot last = span.front().number < newest.number ? span.front() : d.first;
  if (disposition == Disposition::missed) {
    miss(turn, index, d.first, last, reason);
  } else {
    write_slots(turn, index, d.first, last, disposition, reason, into);
  }
}

/// A slot of the outage that ends in this turn.
bool is_held(const State& s, Instant due) {
  return s.store_ok && s.degraded.out_since && due >= *s.degraded.out_since;
}

/// The slot before the newest of several.
Slot slot_before_last(const State& s, const JobSpec& spec, const Decision& d) {
  const auto span = newest_slots(spec, s.line(), d.first, d.due, 2);
  return span.size() > 1 ? span.front() : d.first;
}

void catch_up(Turn& turn, JobIndex index, const Decision& d) {
  const JobSpec& spec = turn.s.spec_of(index);
  // Nobody was there in time, down or suspended: several are due, or one is that may not start now.
  const bool was_away = d.after_downtime || is_expired(turn, spec, d);
  const bool held = is_held(turn.s, d.due.last.due);  // by the store, and then by an open run
  const bool late = was_away || (d.due.count > 1 && !held);
  const Cause cause = late ? Cause::catchup : Cause::schedule;
  const bool was_down = d.first.due < attended_since(turn.s, index);
  const Reason away = held ? Reason::store : was_down ? Reason::down : Reason::start_within;
  switch (spec.catchup) {
    case Catchup::none:
      if (was_away) {
        miss(turn, index, d.first, d.due.last, away);
        return;
      }
      older_slots(turn, index, d, d.due.last, Disposition::missed, away, {});
      run_for_slot(turn, index, d.due.last, Cause::schedule);
      return;
    case Catchup::latest: {
      const RunId run = run_for_slot(turn, index, d.due.last, cause);
      older_slots(turn, index, d, d.due.last, Disposition::coalesced, away, run);
      return;
    }
    case Catchup::all: {
      const auto newest = newest_slots(spec, turn.s.line(), d.first, d.due, spec.catchup_max);
      older_slots(turn, index, d, newest.front(), Disposition::missed, away, {});
      for (const Slot& slot : newest) run_for_slot(turn, index, slot, cause);
      return;
    }
  }
}

/// The slots that the store's failure kept from being decided, now that it is over: what its time
/// is over for is missed, the newest one runs, those between go into it.
void catch_up_after_outage(Turn& turn, JobIndex index, Decision d) {
  const JobSpec& spec = turn.s.spec_of(index);
  const Duration wait = spec.start_within.value_or(Duration{0});
  if (spec.start_within && d.due.last.due + wait <= turn.now) {
    miss(turn, index, d.first, d.due.last, Reason::store);
    return;
  }
  if (d.first.number < d.due.last.number && d.first.due + wait <= turn.now) {
    // Without start_within a slot waits until the next one is due: all but the newest are over.
    const Slot before = slot_before_last(turn.s, spec, d);
    const DueSlots over = spec.start_within
                              ? due_slots(spec, turn.s.line(), d.first, turn.now - wait)
                              : DueSlots{before, before.number - d.first.number + 1};
    miss(turn, index, d.first, over.last, Reason::store);
    const auto next = next_slot(spec, turn.s.line(), over.last);
    if (!next) return;
    d.first = *next;
  }
  const RunId run = run_for_slot(turn, index, d.due.last, Cause::schedule);
  if (d.first.number == d.due.last.number) return;
  write_slots(turn, index, d.first, slot_before_last(turn.s, spec, d), Disposition::coalesced,
              Reason::store, run);
}

/// Decides slots that came due while the store failed. False: they are answered as any others.
bool meet_outage(Turn& turn, JobIndex index, const Decision& d) {
  const State& s = turn.s;
  if (!is_held(s, d.due.last.due)) return false;
  if (s.jobs[index].open.empty() || s.spec_of(index).overlap == Overlap::allow) {
    catch_up_after_outage(turn, index, d);
    return true;
  }
  // The open run came after them, so they cannot have met it.
  if (s.runs.at(s.jobs[index].open.front()).queued_at <= d.due.last.due) return false;
  miss(turn, index, d.first, d.due.last, Reason::store);
  return true;
}

/// Why a waiting run missed its deadline: the daemon was down, or the gate that held it.
Reason reason_for_missing(const State& s, Instant deadline, const Gates& gates) {
  if (deadline <= s.opened_at) return Reason::down;
  const Reason reason = reason_of(gates, GateAnswer::hold, Reason::start_within);
  const bool only_busy = reason == Reason::draining && s.mode == Mode::working;
  return only_busy || reason == Reason::overlap ? Reason::start_within : reason;
}

/// Moves the cursor beyond the decided slots.
void advance(Turn& turn, JobIndex index, const Decision& d) {
  const JobSpec& spec = turn.s.spec_of(index);
  Job& job = turn.job(index);
  turn.touch(index, true);
  job.next_number = d.due.last.number + 1;
  if (const auto* after = std::get_if<After>(&spec.schedule)) {
    const std::optional<Slot> ended = std::exchange(job.next, std::nullopt);  // what made room
    if (!job.open.empty()) return;                                            // its end decides
    const Instant due = ended ? ended->due : saturating_add(d.due.last.due, after->delay);
    job.next = Slot{job.next_number, due > turn.now ? due : turn.now + after->delay};
    return;
  }
  job.next = next_slot(spec, turn.s.line(), d.due.last);
}

/// Slots up to here are answered alike. While a run is open that the slots of the downtime go into,
/// the daemon's start (or the end of a jump) divides them from those that came later.
Instant horizon(const State& s, JobIndex index, Instant due, Instant end) {
  if (s.store_ok && s.degraded.out_since && due < *s.degraded.out_since) {
    end = std::min(end, *s.degraded.out_since - Duration{1});
  }
  const bool meets_run = !s.jobs[index].open.empty() && s.spec_of(index).overlap != Overlap::allow;
  if (meets_run && is_held(s, due)) {
    const Instant queued = s.runs.at(s.jobs[index].open.front()).queued_at;
    return due < queued && queued <= end ? queued - Duration{1} : end;
  }
  const Instant back = attended_since(s, index);
  const bool divides = meets_run && s.speed == 1 && due < back && back <= end;
  return divides ? back - Duration{1} : end;
}

/// The gates, when one of them skips every slot of the job; an open run is another matter.
std::optional<Gates> gates_that_skip(const Turn& turn, JobIndex index) {
  GateAnswers answers = ask_gates(turn.s, index, nullptr, turn.now, Extent::without_queue);
  answers[GateName::overlap] = GateAnswer::not_asked;
  if (decision(answers) != GateAnswer::skip) return std::nullopt;
  answers = ask_gates(turn.s, index, nullptr, turn.now);  // the queue only holds; it is evidence
  answers[GateName::overlap] = GateAnswer::not_asked;
  Gates gates = explain_gates(turn.s, index, nullptr, turn.now, answers);
  std::erase_if(gates, [](const Gate& gate) { return gate.answer == GateAnswer::not_asked; });
  return gates;
}

/// Decides the slots from the job's next one to `end`.
void decide(Turn& turn, JobIndex index, Instant end) {
  Job& job = turn.job(index);
  Decision d;
  d.first = *job.next;
  d.due = due_slots(turn.s.spec_of(index), turn.s.line(), d.first, end);
  d.after_downtime = d.due.last.due < attended_since(turn.s, index) && turn.s.speed == 1;
  job.next.reset();

  if (auto gates = gates_that_skip(turn, index)) {
    skip(turn, index, d, std::move(*gates));
  } else if (!meet_outage(turn, index, d) && !meet_open_run(turn, index, d)) {
    catch_up(turn, index, d);
  }
  advance(turn, index, d);
}

}  // namespace

void fire_slots(Turn& turn, JobIndex index) {
  const Job& job = turn.job(index);
  const Instant end =
      job.pause && job.pause->until ? std::min(*job.pause->until, turn.now) : turn.now;
  while (job.next && job.next->due <= end && job.leftovers == 0) {
    decide(turn, index, horizon(turn.s, index, job.next->due, end));
  }
}

void miss_held_slots(Turn& turn, JobIndex index) {
  if (!is_held_by_store(turn.s, index, turn.now)) return;
  Decision d;
  d.first = *turn.job(index).next;
  d.due = due_slots(turn.s.spec_of(index), turn.s.line(), d.first, turn.now);
  if (auto gates = gates_that_skip(turn, index)) {
    skip(turn, index, d, std::move(*gates));
  } else {
    miss(turn, index, d.first, d.due.last, Reason::store);
  }
  advance(turn, index, d);
}

void fire_deadlines(Turn& turn, JobIndex index) {
  const std::vector<RunId> open = turn.job(index).open;
  for (const RunId id : open) {
    Run& run = turn.run(id);
    if (run.state != RunState::waiting || !run.deadline || *run.deadline > turn.now) continue;
    Gates gates = evaluate_gates(turn.s, index, &run, turn.now);
    const Reason reason = reason_for_missing(turn.s, *run.deadline, gates);
    give_up(turn, run, Disposition::missed, reason, std::move(gates));
  }
}

}  // namespace takt::core
