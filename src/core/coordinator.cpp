#include "core/coordinator.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "base/match.h"
#include "core/admission.h"
#include "core/attempts.h"
#include "core/beats.h"
#include "core/coordinator_impl.h"
#include "core/definition.h"
#include "core/degraded.h"
#include "core/dependencies.h"
#include "core/health_checks.h"
#include "core/memory_gate.h"
#include "core/notices.h"
#include "core/probe_records.h"
#include "core/reload.h"
#include "core/remedies.h"
#include "core/requests.h"
#include "core/slots.h"
#include "core/sweep.h"
#include "core/turn.h"
#include "core/waiting.h"
#include "core/wall_slots.h"
#include "core/watchdog.h"

namespace takt::core {
namespace {

void on_clock_stepped(Turn& turn, const ClockStepped& event) {
  if (event.by == Duration{0}) return;
  turn.s.wall_offset += event.by;
  step_wall_slots(turn, event.by);
  // Stored cursors and timers are wall time: all of them move with the epoch.
  for (JobIndex i = 0; i < turn.s.jobs.size(); ++i) turn.touch(i, true);
  for (auto& [id, run] : turn.s.runs) turn.touch(run);
  write_probes(turn);
  turn.event(Severity::warning, EventKind::clock_stepped, std::nullopt, std::nullopt,
             fmt::format("the wall clock stepped by {}", format_duration(event.by)),
             {{"by_ms", std::to_string(event.by.count())}});
}

/// Told once, until it is over.
void on_surroundings_changed(Turn& turn, const SurroundingsChanged& event) {
  const bool known = turn.s.troubles.contains(event.what);
  if (known == !event.ok) return;
  if (event.ok) {
    turn.s.troubles.erase(event.what);
  } else {
    turn.s.troubles.insert(event.what);
  }
  turn.event(event.ok ? Severity::info : Severity::warning, EventKind::problem, std::nullopt,
             std::nullopt, event.text, {{"what", event.what}, {"ok", event.ok ? "true" : "false"}});
}

void fire_due(Turn& turn);

void apply(Turn& turn, const Event& event) {
  std::visit(Match{[](const Tick&) {},
                   [&](const ClockStepped& e) { on_clock_stepped(turn, e); },
                   [&](const Recorded& e) { on_recorded(turn, e); },
                   [&](const StoreFailed& e) { on_store_failed(turn, e); },
                   [&](const Journaled& e) { on_journaled(turn, e); },
                   [&](const JournalFull& e) { on_journal_full(turn, e); },
                   [&](const StoreBack& e) { on_store_back(turn, e); },
                   [&](const AttemptStarted& e) { on_started(turn, e); },
                   [&](const StartDeferred& e) { on_deferred(turn, e); },
                   [&](const MainsEnded& e) { on_mains_ended(turn, e); },
                   [&](const AttemptEnded& e) { on_ended(turn, e); },
                   [&](const BeatHeard& e) { on_beat(turn, e); },
                   [&](const LeftoverGone& e) { on_leftover_gone(turn, e); },
                   [&](const MemoryRead& e) { on_memory_read(turn, e); },
                   [&](const CleanedUp& e) { on_cleaned_up(turn, e); },
                   [&](const HealthMeasured& e) { on_health_measured(turn, e); },
                   [&](const Mended& e) { on_mended(turn, e); },
                   [&](const RowsSwept& e) { on_rows_swept(turn, e); },
                   [&](const NoticesEnded& e) { on_notices_ended(turn, e); },
                   [&](const SurroundingsChanged& e) { on_surroundings_changed(turn, e); },
                   [&](const NotifyTest& e) { on_notify_test(turn, e); },
                   [&](const Trigger& e) { on_trigger(turn, e); },
                   [&](const Cancel& e) { on_cancel(turn, e); },
                   [&](const Pause& e) { on_pause(turn, e); },
                   [&](const Resume& e) { on_resume(turn, e); },
                   [&](const Drain& e) { on_drain(turn, e); },
                   [&](const ShutDown& e) { on_shut_down(turn, e); },
                   [&](const Reload& e) {
                     fire_due(turn);  // what is due by now is due under the old definition
                     on_reload(turn, e);
                   },
                   [&](const ReloadFailed& e) { on_reload_failed(turn, e); }},
             event);
}

/// Retries whose wait is over join the queue.
void fire_retries(Turn& turn, JobIndex index) {
  for (const RunId id : turn.job(index).open) {
    Run& run = turn.run(id);
    if (run.state != RunState::retrying || run.attempt || !run.retry_at) continue;
    const bool is_due = *run.retry_at <= turn.now && !run.blocked;
    if (is_due && run.stand == Stand::nowhere) make_ready(turn, run);
  }
}

/// Everything of one job that is due, in the order in which one thing answers another: what ran out
/// of time makes room for the slot that follows, a slot that became a run answers the watchdog.
void fire(Turn& turn, JobIndex index) {
  fire_attempt_limits(turn, index);
  fire_deadlines(turn, index);
  if (decides(turn.s, index)) {
    fire_slots(turn, index);
    if (fire_pause_end(turn, index)) fire_slots(turn, index);  // those after it are the job's again
  }
  fire_retries(turn, index);
  fire_need_waits(turn, index);
  if (decides(turn.s, index)) fire_verdicts(turn, index);
  fire_beats(turn, index);
  turn.s.wake.set(index, wake_of(turn.s, index));
}

void fire_due(Turn& turn) {
  if (turn.s.mode == Mode::stopping || turn.s.mode == Mode::stopped) return;
  while (const auto index = turn.s.wake.pop_due(turn.now)) fire(turn, *index);
  fire_notices(turn);
}

void open_leftovers(Turn& turn) {
  for (const auto& [token, id] : turn.s.tokens) {
    const Run& run = turn.run(id);
    turn.effects.emplace_back(KillLeftover{attempt_row(turn.s, run, *run.attempt)});
  }
}

}  // namespace

Coordinator::Coordinator(FleetSpec spec, const Stored& stored, NodeFacts node, double speed,
                         Instant now)
    : impl_(std::make_unique<Impl>()) {
  impl_->s = restore(std::move(spec), stored, std::move(node), speed, now);
  impl_->last_now = now;
}

Coordinator::~Coordinator() = default;
Coordinator::Coordinator(const Coordinator& other) : impl_(std::make_unique<Impl>(*other.impl_)) {}
Coordinator::Coordinator(Coordinator&&) noexcept = default;
Coordinator& Coordinator::operator=(Coordinator&&) noexcept = default;

Effects Coordinator::open(Instant now, const MemoryReading& memory) {
  State& s = impl_->s;
  impl_->last_now = now;
  Turn turn{s, now};
  NodeRow node;
  node.node = s.node.node;
  node.started_at = s.wall(now);
  node.pid = s.node.pid;
  node.boot_id = s.node.boot_id;
  turn.rows.emplace_back(std::move(node));
  turn.event(Severity::info, EventKind::fleet_started, std::nullopt, std::nullopt,
             fmt::format("{} starts with {} jobs; {} unfinished attempts of an earlier daemon",
                         s.spec.name, s.listed, s.leftovers));
  if (s.journal_replayed > 0) {
    turn.event(Severity::info, EventKind::journal_replayed, std::nullopt, std::nullopt,
               fmt::format("what an earlier daemon had left in the journal is replayed: {} batch{}",
                           s.journal_replayed, s.journal_replayed == 1 ? "" : "es"),
               {{"batches", std::to_string(s.journal_replayed)}});
  }
  if (memory.total_bytes > 0) on_memory_read(turn, {memory});
  open_leftovers(turn);
  for (JobIndex i = 0; i < s.jobs.size(); ++i) {
    const bool fresh = s.jobs[i].job_row_dirty;
    if (fresh || !s.jobs[i].open.empty()) turn.touch(i, fresh);
    redefine_runs(turn, i, s.spec.ageing);
    if (!s.spec.jobs[i].problem.empty()) {
      turn.event(Severity::warning, EventKind::problem, i, std::nullopt,
                 fmt::format("{} is disabled: {}", s.spec.jobs[i].name, s.spec.jobs[i].problem));
    }
    s.wake.set(i, wake_of(s, i));
  }
  fire_due(turn);
  admit(turn);
  return turn.finish();
}

Effects Coordinator::handle(const Event& event, Instant now) {
  TAKT_ASSERT(now >= impl_->last_now, "the elapsed line never goes back");
  impl_->last_now = now;
  Turn turn{impl_->s, now};
  apply(turn, event);
  fire_due(turn);
  recovered(impl_->s);
  admit(turn);
  check_stopped(turn);
  return turn.finish();
}

Instant Coordinator::next_wake() const {
  const State& s = impl_->s;
  // Nothing is fired any more: what is due would be asked for again and again.
  if (s.mode == Mode::stopping || s.mode == Mode::stopped) return Instant::max();
  return std::min(s.wake.earliest(), notices_due(s).value_or(Instant::max()));
}

bool Coordinator::reconciled() const { return impl_->s.leftovers == 0; }

bool Coordinator::store_ok() const { return impl_->s.store_ok; }

bool Coordinator::quiet() const { return impl_->s.live_attempts == 0; }

const FleetSpec& Coordinator::spec() const { return impl_->s.spec; }

bool Coordinator::would_remove_jobs(const FleetSpec& fleet) const {
  const auto stay = std::ranges::count_if(
      fleet.jobs, [&](const JobSpec& job) { return impl_->s.find_job(job.name).has_value(); });
  return stay < static_cast<std::ptrdiff_t>(impl_->s.listed);
}

WallTime Coordinator::wall(Instant at) const { return impl_->s.wall(at); }

WallTime Coordinator::epoch() const { return impl_->s.wall(impl_->s.epoch); }

}  // namespace takt::core
