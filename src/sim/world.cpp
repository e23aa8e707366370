#include "sim/world.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/match.h"

namespace takt::sim {
namespace {

// A Monday, so that what people read in a report looks like a calendar.
constexpr std::chrono::sys_days kFirstDay{std::chrono::year{2026} / 1 / 5};
constexpr std::int64_t kIdleTicksMax = 10'000;
constexpr int kHealedShare = 10;  // the last tenth of a simulation has no new faults

Instant first_instant() { return Instant{WallTime{kFirstDay}.time_since_epoch()}; }

}  // namespace

World::World(const Scenario& scenario)
    : scenario_(scenario),
      jobs_count_(static_cast<std::int64_t>(scenario.fleet.jobs.size())),
      now_(scenario.begin ? Instant{scenario.begin->time_since_epoch()} : first_instant()),
      end_(now_ + scenario.options.length),
      heal_at_(end_ - scenario.options.length / kHealedShare),
      healed_at_(heal_at_),
      awake_since_(now_),
      frozen_until_(now_),
      ill_until_(now_),
      slow_until_(now_),
      faulty_(scenario.options.faults),
      file_pools_(scenario.fleet.pools),
      dice_trees_("trees", scenario.options.seed),
      dice_store_("store", scenario.options.seed),
      dice_faults_("faults", scenario.options.seed),
      dice_memory_("memory", scenario.options.seed),
      dice_health_("health", scenario.options.seed),
      plan_(scenario.mix, Random("plan", scenario.options.seed), now_),
      metrics_(scenario.fleet) {
  constexpr std::array<std::int64_t, 3> kCapacities{0, 100'000, 1'000'000};
  journal_capacity_ = kCapacities[static_cast<std::size_t>(dice_store_.below(3))];
  if (scenario.options.check) checker_.emplace(scenario_.fleet, now_);
}

Report World::run() {
  const Instant begin = now_;
  start_daemon();
  if (faulty_) {
    agenda_.enter(plan_.next_strike(), Strike{});
    agenda_.enter(heal_at_, Heal{});
  }
  play();
  return report(begin);
}

Instant World::next_tick() const {
  const Instant wake = daemon_ ? daemon_->next_wake() : Instant::max();
  if (wake == Instant::max()) return wake;
  const Instant tick = std::max(wake - line_shift_, frozen_until_);
  return scenario_.saboteur != nullptr ? scenario_.saboteur->wakes(tick, now_) : tick;
}

void World::play() {
  while (idle_ticks_ < kIdleTicksMax) {
    const Instant tick = next_tick();
    if (std::min(tick, agenda_.next()) > end_) break;
    if (agenda_.next() <= tick) {
      auto entry = agenda_.pop();
      if (entry.at > now_) idle_ticks_ = 0;
      now_ = std::max(now_, entry.at);
      happen(entry.what);
    } else {
      idle_ticks_ = tick > now_ ? 0 : idle_ticks_ + 1;
      now_ = std::max(now_, tick);
      tell_mains_ended();
      if (!deliver(core::Tick{})) witness([&](Checker& c) { c.woken_for_nothing(now_); });
    }
    witness([&](Checker& checker) { checker.advance(now_); });
  }
}

Report World::report(Instant begin) {
  Report report;
  report.seed = scenario_.options.seed;
  report.simulated = now_ - begin;
  if (idle_ticks_ >= kIdleTicksMax) {
    witness([&](Checker& c) { c.complain(now_, "L10", "the loop spins without time going on"); });
  } else {
    now_ = end_;
    report.simulated = scenario_.options.length;
    witness([&](Checker& checker) { checker.finish(end_, healed_at_); });
  }
  report.runs = metrics_.runs();
  for (int kind = 0; kind < kFaultKinds; ++kind) {
    const auto count = faults_[static_cast<std::size_t>(kind)];
    if (count > 0) report.faults[std::string{word(static_cast<Fault>(kind))}] = count;
  }
  report.jobs = metrics_.reports();
  report.pools = metrics_.pool_reports(begin, begin + report.simulated);
  report.coverage = coverage_.points();
  report.hash = hash_.value();
  if (!checker_) return report;
  for (JobIndex job = 0; job < report.jobs.size(); ++job) {
    const auto stuck = checker_->stuck_detection_max(job);
    if (stuck) report.jobs[job].detection_max = std::max(report.jobs[job].detection_max, stuck);
  }
  report.violations = checker_->violations();
  report.admissions_judged = checker_->admissions_judged();
  report.violation_count = checker_->violation_count();
  return report;
}

void World::happen(Happening& what) {
  std::visit(Match{[&](CommitDue&) { commit_due(); }, [&](JournalDue& due) { journal_due(due); },
                   [&](SlowOver&) { slow_over(); },
                   [&](TellDaemon& told) {
                     if (told.life == life_) deliver(std::move(told.event));
                   },
                   [&](TreeStep& step) { tree_step(step); }, [&](Sweep& due) { sweep(due); },
                   [&](DaemonDue&) { start_daemon(); },
                   [&](StopPatience& patience) {
                     if (!daemon_ || patience.life != life_) return;
                     if (!stop_after_ && !outage_ && !slow_) {
                       witness([&](Checker& c) { c.complain(now_, "L9", "it does not stop"); });
                     }
                     lose_daemon(std::chrono::seconds{1});
                   },
                   [&](Strike&) {
                     agenda_.enter(plan_.next_strike(), Strike{});
                     strike(draw_fault());
                   },
                   [&](StrikeAgain& again) { strike(again.fault); },
                   [&](KillDaemon& due) { kill_daemon(due); },
                   [&](StopDaemon& due) {
                     if (due.life == life_ && daemon_ && !is_stopping()) shut_down();
                   },
                   [&](Thaw& due) { thaw(due); },
                   [&](StepClock& due) {
                     if (daemon_ && faulty_ && !is_frozen()) step_clock(due.by);
                   },
                   [&](MemoryDue& due) { memory_due(due); },
                   [&](CleanupStep& step) { cleanup_step(step); }, [&](Heal&) { heal(); },
                   [&](AskForAll&) { ask_for_all(); }},
             what);
}

void World::start_daemon() {
  life_ += 1;
  store_.begin_life();
  checks_.clear();
  core::Stored stored = store_.load();
  // A clock behind what is recorded was set back while nobody could tell: the line goes on from the
  // record, and the difference is a step like any other (as in daemon/fleet_clock).
  line_shift_ = wall_offset_;
  if (stored.fleet) {
    line_shift_ =
        std::max(line_shift_, stored.fleet->clock.time_since_epoch() - now_.time_since_epoch());
  }
  recorded_ = Seq{};
  reconciled_ = stop_asked_ = crash_now_ = draining_ = false;
  stop_after_.reset();
  stored.journal_replayed = outage_ ? journaled_ : std::exchange(journaled_, 0);
  const std::optional<core::FleetRow> fleet = stored.fleet;
  if (scenario_.saboteur != nullptr) scenario_.saboteur->reads(stored);
  // One digit short of a real one, and so within the string itself in every row of a year.
  core::NodeFacts node{NodeId{fmt::format("{:015x}", life_)}, life_, "boot"};
  witness([&](Checker& checker) {
    checker.daemon_up(now_, WallTime{daemon_time().time_since_epoch()}, fleet, node.node);
  });
  daemon_.emplace(fleet_as_read(), stored, std::move(node), 1.0, daemon_time());
  if (const auto life = std::exchange(short_life_, std::nullopt)) {
    agenda_.enter(now_ + life->lasts, KillDaemon{life_, life->fault});
  }
  const core::MemoryReading reading = memory_.read(now_);
  memory_read_at_ = now_;
  watch_memory(reading);
  hash_.add(now_, core::MemoryRead{reading});
  note_told(core::MemoryRead{reading});
  perform(daemon_->open(daemon_time(), reading));
  if (line_shift_ > wall_offset_ && daemon_) tell_step(wall_offset_ - line_shift_);
  note_reconciled();
}

void World::lose_daemon(Duration downtime) {
  daemon_.reset();
  mains_ended_.clear();
  memory_read_at_.reset();
  memory_entered_ = memory_tight_ = false;
  if (scenario_.saboteur == nullptr || scenario_.saboteur->forgets_the_dead()) {
    store_.crash();
    queued_ = 0;
  }
  stale_ = queued_;
  answers_.clear();
  daemon_knows_ = crash_now_ = journal_entered_ = journal_full_ = false;
  commit_entered_ = false;  // the next daemon's writer is not held by what this one's waited for
  crash_window_.reset();
  frozen_until_ = now_;
  witness([&](Checker& checker) { checker.daemon_down(now_); });
  agenda_.enter(now_ + downtime, DaemonDue{});
}

bool World::deliver(core::Event event) {
  if (!daemon_) return true;
  if (is_frozen()) {
    agenda_.enter(frozen_until_, TellDaemon{life_, std::move(event)});
    return true;
  }
  const bool was_ahead = read_memory_before(event);  // it fires what is due as any event
  if (!daemon_) return true;
  const auto* ended = std::get_if<core::AttemptEnded>(&event);
  if (ended != nullptr) {
    witness([&, token = ended->token](Checker& checker) { checker.end_told(now_, token); });
  }
  if (scenario_.saboteur != nullptr && !scenario_.saboteur->hears(event)) return true;
  if (const auto* recorded = std::get_if<core::Recorded>(&event)) {
    witness([&](Checker& checker) { checker.told_recorded(now_, recorded->through); });
  }
  if (const auto* journaled = std::get_if<core::Journaled>(&event)) {
    witness([&](Checker& checker) { checker.told_recorded(now_, journaled->through); });
  }
  note_told(event);
  hash_.add(now_, event);
  core::Effects effects = daemon_->handle(event, daemon_time());
  const bool did_something = was_ahead || !effects.empty();
  perform(std::move(effects));
  note_reconciled();
  if (ended != nullptr) die_of(Fault::daemon_killed_before_end_row);
  return did_something;
}

/// What the daemon has to go by from now on.
void World::note_told(const core::Event& event) {
  witness([&](Checker& checker) { checker.told(now_, event); });
}

void World::die_of(Fault window) {
  if (crash_window_ != window || !daemon_) return;
  fired(window);
  lose_daemon(draw_downtime());
}

void World::tell_soon(core::Event event) {
  agenda_.enter(now_ + dice_store_.between(Duration{0}, Duration{1}),
                TellDaemon{life_, std::move(event)});
}

void World::note_reconciled() {
  if (!daemon_ || reconciled_ || !daemon_->reconciled()) return;
  reconciled_ = true;
  witness([&](Checker& checker) { checker.reconciled(now_); });
}

void World::perform(core::Effects effects) {
  hash_.add(effects);
  if (scenario_.saboteur != nullptr) scenario_.saboteur->wants(effects);
  for (core::Effect& effect : effects) {
    std::visit(
        Match{[&](core::Persist& persist) { submit(std::move(persist.batch)); },
              [&](core::LaunchAttempt& start) { launch(start); },
              [&](core::KillTree& end) { kill(end.token, end.grace, end.why); },
              [&](core::KillLeftover& left) {
                witness([&](Checker& c) { c.leftover_sought(now_, left.attempt); });
                const Duration takes =
                    dice_trees_.between(Duration{1}, std::chrono::milliseconds{400});
                agenda_.enter(now_ + takes, Sweep{left.attempt.token, life_});
              },
              [&](core::CleanUp&) { clean_up(); }, [&](core::Mend& mend) { mended_soon(mend); },
              [](core::EndBuiltin&) {},  // its modelled tree ends by itself
              [&](core::SendNotices& send) { told_soon(send); },
              [&](core::Answer& answer) { acknowledge(std::move(answer)); },
              [&](core::Stopped& stopped) {
                stop_after_ = stopped.after;
                stop_when_recorded();
              }},
        effect);
  }
  if (crash_now_) die_of(Fault::daemon_killed_after_launch);
}

}  // namespace takt::sim
