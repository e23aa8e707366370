// What goes wrong in the world, and what the operator does.

#include <algorithm>
#include <iterator>
#include <memory>
#include <numeric>
#include <utility>

#include "sim/world.h"

namespace takt::sim {
namespace {

constexpr Duration kTryAgain = std::chrono::minutes{1};
constexpr Duration kStopBound = std::chrono::seconds{2};           // L9, beyond the longest grace
constexpr Duration kRecoveryMax = std::chrono::milliseconds{400};  // of one leftover
constexpr int kOscillations = 20;
constexpr Duration kOscillation = std::chrono::seconds{30};

}  // namespace

bool World::suits(Fault fault, JobIndex job) const {
  const core::JobSpec& spec = scenario_.fleet.jobs[job];
  if (fault == Fault::job_goes_silent) return spec.beat_within.has_value();
  const bool needs_limit = fault == Fault::job_hangs || fault == Fault::job_ignores_sigterm ||
                           fault == Fault::job_ends_at_its_limit;
  return !needs_limit || spec.hung_after || spec.timeout;  // else nothing would ever end it
}

/// The next fault of the plan that can happen to a job of this fleet; when none of a whole deck can, one
/// that never will.
Fault World::draw_fault() {
  const auto& weights = scenario_.mix.weight;
  const int cards = std::accumulate(weights.begin(), weights.end(), 0);
  Fault fault = plan_.draw();
  for (int drawn = 1; drawn < 2 * cards && !can_happen(fault); ++drawn) fault = plan_.draw();
  return fault;
}

bool World::can_happen(Fault fault) const {
  for (JobIndex job = 0; job < scenario_.fleet.jobs.size(); ++job) {
    if (suits(fault, job)) return true;
  }
  return false;
}

void World::strike(Fault fault) {
  if (!faulty_) return;
  bool met = true;
  switch (fault) {
    case Fault::job_fails:
    case Fault::job_crashes:
    case Fault::job_hangs:
    case Fault::job_ignores_sigterm:
    case Fault::job_slow:
    case Fault::job_ends_at_its_limit:
    case Fault::job_out_of_memory:
    case Fault::job_exits_137:
    case Fault::spawn_fails:
    case Fault::spawn_refused:
    case Fault::leaks_processes:
    case Fault::job_goes_silent:
    case Fault::holds_the_pipe:
    case Fault::output_floods:
    case Fault::end_told_twice:
      armed_.push_back(fault);
      break;
    case Fault::daemon_killed:
    case Fault::daemon_killed_after_commit:
    case Fault::daemon_killed_after_launch:
    case Fault::daemon_killed_before_end_row:
    case Fault::daemon_killed_recovering:
    case Fault::daemon_killed_stopping:
    case Fault::daemon_killed_twice:
    case Fault::daemon_restarted:
    case Fault::daemon_frozen:
    case Fault::second_daemon:
      met = strike_daemon(fault);
      break;
    case Fault::store_fails:
    case Fault::store_fails_long:
    case Fault::store_fails_at_start:
    case Fault::store_slow:
      met = strike_store(fault);
      break;
    case Fault::clock_stepped:
    case Fault::clock_leaps:
    case Fault::clock_oscillates:
    case Fault::suspended:
    case Fault::suspended_long:
      met = strike_clock(fault);
      break;
    case Fault::memory_high:
    case Fault::memory_critical:
    case Fault::memory_stalls:
      met = is_at_work() && strike_memory(fault);
      break;
    case Fault::operator_triggers:
    case Fault::operator_cancels:
    case Fault::operator_pauses:
    case Fault::operator_resumes:
    case Fault::operator_reloads:
    case Fault::operator_drains:
      met = strike_operator(fault);
      break;
  }
  if (!met) agenda_.enter(now_ + kTryAgain, StrikeAgain{fault});
}

bool World::strike_daemon(Fault fault) {
  if (!is_at_work()) return false;
  switch (fault) {
    case Fault::daemon_killed_after_commit:
    case Fault::daemon_killed_after_launch:
    case Fault::daemon_killed_before_end_row:
      if (crash_window_) return false;
      crash_window_ = fault;
      return true;
    case Fault::daemon_killed_recovering: {
      const auto lives = [](const auto& entry) { return entry.second.main_alive; };
      if (std::ranges::none_of(trees_, lives)) return false;
      short_life_ = ShortLife{fault, dice_faults_.between(Duration{0}, kRecoveryMax)};
      lose_daemon(dice_faults_.between(Duration{1}, std::chrono::seconds{2}));
      return true;
    }
    case Fault::daemon_killed_twice:
      short_life_ = ShortLife{fault, dice_faults_.between(Duration{0}, std::chrono::seconds{1})};
      lose_daemon(dice_faults_.between(Duration{1}, std::chrono::seconds{1}));
      return true;
    case Fault::daemon_killed_stopping:
      agenda_.enter(now_ + dice_faults_.between(Duration{0}, std::chrono::seconds{1}),
                    KillDaemon{life_, fault});
      shut_down();
      return true;
    case Fault::daemon_restarted:
      fired(fault);
      shut_down();
      return true;
    case Fault::daemon_frozen:
      fired(fault);
      freeze(dice_faults_.between(std::chrono::seconds{1}, scenario_.mix.freeze_max));
      return true;
    case Fault::second_daemon:
      fired(fault);  // it finds the lock of the first one and goes away
      if (scenario_.saboteur != nullptr && !scenario_.saboteur->locks()) start_daemon();
      return true;
    default:
      fired(Fault::daemon_killed);
      lose_daemon(draw_downtime());
      return true;
  }
}

void World::kill_daemon(const KillDaemon& kill) {
  if (!daemon_ || kill.life != life_ || !faulty_) return;
  if (kill.fault == Fault::daemon_killed_recovering && reconciled_) return;  // it was too quick
  fired(kill.fault);
  lose_daemon(draw_downtime());
}

void World::shut_down() {
  stop_asked_ = true;
  Duration grace{0};
  for (const core::JobSpec& job : scenario_.fleet.jobs) grace = std::max(grace, job.kill_grace);
  // One that is stopped as by SIGSTOP hears of it when it goes on.
  agenda_.enter(std::max(now_, frozen_until_) + grace + kStopBound, StopPatience{life_});
  witness([&](Checker& checker) { checker.stopping(now_); });
  deliver(core::ShutDown{next_request()});
}

/// The daemon stands still, all of it: its loop, its timers, its writer. The trees go on.
void World::freeze(Duration by) {
  by = std::min(by, std::max(heal_at_ - now_, Duration{0}));
  agenda_.delay(by, [&](const Happening& what) {
    if (const auto* step = std::get_if<TreeStep>(&what)) {
      const auto tree = trees_.find(step->token);
      const bool is_ours = tree != trees_.end() && tree->second.life == life_;
      return is_ours && (step->move == TreeMove::spawn || step->move == TreeMove::rest_dies);
    }
    return std::holds_alternative<CommitDue>(what) || std::holds_alternative<JournalDue>(what) ||
           std::holds_alternative<TellDaemon>(what) || std::holds_alternative<Sweep>(what) ||
           std::holds_alternative<CleanupStep>(what);
  });
  frozen_until_ = now_ + by;
  witness([&](Checker& checker) { checker.frozen(now_); });
  agenda_.enter(frozen_until_, Thaw{life_});
}

void World::thaw(const Thaw& thaw) {
  if (!daemon_ || thaw.life != life_) return;
  awake_since_ = now_;
  witness([&](Checker& checker) { checker.thawed(now_); });
}

bool World::strike_store(Fault fault) {
  if (now_ < ill_until_ || now_ < slow_until_ || slow_ || outage_) return false;
  const auto lasts = [&](Duration most) {
    return dice_faults_.between(std::chrono::seconds{1}, most);
  };
  switch (fault) {
    case Fault::store_slow:
      slow_until_ = now_ + lasts(scenario_.mix.outage_max);
      return true;
    case Fault::store_fails_at_start: {
      if (!is_at_work()) return false;
      const Duration downtime = draw_downtime();
      ill_until_ = now_ + downtime + lasts(scenario_.mix.outage_max);
      lose_daemon(downtime);
      break;
    }
    case Fault::store_fails_long:
      ill_until_ = now_ + scenario_.mix.outage_max + lasts(scenario_.mix.long_outage_max);
      break;
    default:
      ill_until_ = now_ + lasts(scenario_.mix.outage_max);
      break;
  }
  outage_fault_ = fault;
  return true;
}

bool World::strike_clock(Fault fault) {
  if (fault == Fault::suspended || fault == Fault::suspended_long) return strike_suspended(fault);
  if (!daemon_ || is_frozen()) return false;  // nobody sees it: a longer or shorter downtime
  fired(fault);
  if (fault == Fault::clock_oscillates) {
    for (int second = 1; second < kOscillations; ++second) {
      agenda_.enter(now_ + std::chrono::seconds{second},
                    StepClock{second % 2 == 0 ? kOscillation : -kOscillation});
    }
    step_clock(kOscillation);
    return true;
  }
  const Duration most = scenario_.mix.step_max;
  step_clock(fault == Fault::clock_leaps ? draw_leap() : dice_faults_.between(-most, most));
  return true;
}

/// Months or more, and back towards the true time when it is far from there.
Duration World::draw_leap() {
  const Duration most = scenario_.mix.leap_max;
  const Duration by = dice_faults_.between(most / 10, most);
  const bool is_far = std::chrono::abs(wall_offset_) > 2 * most;
  const bool back = is_far ? wall_offset_ > Duration{0} : dice_faults_.chance(0.5);
  return back ? -by : by;
}

void World::step_clock(Duration by) {
  wall_offset_ += by;
  tell_step(by);
}

void World::tell_step(Duration by) {
  witness([&](Checker& checker) { checker.clock_stepped(now_, by); });
  deliver(core::ClockStepped{by});
}

bool World::strike_suspended(Fault fault) {
  // A launch is one step of the daemon: it cannot be suspended in the middle of one.
  const auto is_launching = [](const auto& entry) { return !entry.second.spawned; };
  if (is_frozen() || std::ranges::any_of(trees_, is_launching)) return false;
  fired(fault);
  const Mix& mix = scenario_.mix;
  suspend(fault == Fault::suspended_long
              ? dice_faults_.between(mix.long_suspend_max / 2, mix.long_suspend_max)
              : std::min(dice_faults_.around(mix.suspend_median, 1.5), mix.suspend_max));
  return true;
}

void World::suspend(Duration by) {
  by = std::min(by, std::max(heal_at_ - now_, Duration{0}));
  // What works needs the time that it lacks now; what waits for an instant finds that it has
  // passed.
  agenda_.delay(by, [](const Happening& what) {
    if (const auto* step = std::get_if<TreeStep>(&what)) return step->move != TreeMove::sigkill;
    return std::holds_alternative<CommitDue>(what) || std::holds_alternative<JournalDue>(what) ||
           std::holds_alternative<SlowOver>(what) || std::holds_alternative<TellDaemon>(what) ||
           std::holds_alternative<Sweep>(what) || std::holds_alternative<StopPatience>(what) ||
           std::holds_alternative<CleanupStep>(what);
  });
  ill_until_ += by;
  slow_until_ += by;
  now_ += by;
  awake_since_ = now_;
  if (scenario_.saboteur != nullptr) scenario_.saboteur->slept(by);
  witness([&](Checker& checker) { checker.woke_up(now_, by); });
}

bool World::strike_operator(Fault fault) {
  if (!is_at_work() || draining_) return false;
  const std::string& job = scenario_.fleet.jobs[any_job()].name;
  switch (fault) {
    case Fault::operator_cancels: {
      const std::vector<core::RunRow> open = store_.open_runs();
      if (open.empty()) return false;
      const auto chosen = static_cast<std::size_t>(dice_faults_.below(std::ssize(open)));
      deliver(core::Cancel{next_request(), open[chosen].run});
      break;
    }
    case Fault::operator_pauses: {
      const Duration lasting =
          dice_faults_.between(std::chrono::minutes{1}, scenario_.mix.pause_max);
      deliver(core::Pause{next_request(), job, lasting, "maintenance"});
      break;
    }
    case Fault::operator_resumes:
      deliver(core::Resume{next_request(), job});
      break;
    case Fault::operator_reloads:
      reload();
      break;
    case Fault::operator_drains:
      draining_ = true;
      witness([&](Checker& checker) { checker.draining(now_); });
      deliver(core::Drain{next_request()});
      agenda_.enter(now_ + dice_faults_.between(Duration{1}, scenario_.mix.pause_max / 2),
                    StopDaemon{life_});
      break;
    default:
      deliver(core::Trigger{next_request(), job, {}, dice_faults_.chance(0.3)});
      break;
  }
  fired(fault);
  return true;
}

/// The file is read again: it says what it said before, a pool has another size, or it cannot be used.
void World::reload() {
  if (dice_faults_.chance(0.3)) {
    deliver(core::ReloadFailed{"fleet.toml:1:1: error: it is half written", {}});
    return;
  }
  if (dice_faults_.chance(0.7)) resize_a_pool();
  witness([&](Checker& checker) { checker.file_says(file_pools_); });
  deliver(core::Reload{next_request(), std::make_shared<const core::FleetSpec>(fleet_as_read())});
}

/// Never so small that a job could not start at all. It grows where somebody asks for that: who simulates
/// his fleet wants to read what its own pools bear.
void World::resize_a_pool() {
  if (file_pools_.empty()) return;
  const auto pool = static_cast<core::PoolIndex>(dice_faults_.below(std::ssize(file_pools_)));
  const core::PoolSpec& usual = scenario_.fleet.pools[pool];
  int least = 1;
  for (const core::JobSpec& job : scenario_.fleet.jobs) {
    for (const core::Use& use : *job.uses) {
      if (use.pool != pool) continue;
      least = std::max(least, use.weight + usual.slots - usual.limit_for(job.priority));
    }
  }
  const int most = std::max(least, usual.slots + scenario_.mix.pool_growth_max);
  file_pools_[pool].slots = least + static_cast<int>(dice_faults_.below(most - least + 1));
}

/// A planted bug reads another fleet; what changed in the file changes in that one too.
core::FleetSpec World::fleet_as_read() const {
  const core::FleetSpec& usual = scenario_.fleet;
  core::FleetSpec fleet = scenario_.misread != nullptr ? *scenario_.misread : usual;
  for (std::size_t i = 0; i < fleet.pools.size() && i < file_pools_.size(); ++i) {
    fleet.pools[i].slots += file_pools_[i].slots - usual.pools[i].slots;
  }
  return fleet;
}

void World::heal() {
  if (!is_at_work() || draining_) {
    agenda_.enter(now_ + kTryAgain, Heal{});
    return;
  }
  faulty_ = false;
  armed_.clear();
  crash_window_.reset();
  slow_until_ = std::min(slow_until_, now_);
  ill_until_ = std::min(ill_until_, now_);
  if (outage_) agenda_.enter(now_, CommitDue{});
  healed_at_ = now_;
  memory_.calm(now_);
  if (file_pools_ != scenario_.fleet.pools) {
    file_pools_ = scenario_.fleet.pools;
    witness([&](Checker& checker) { checker.file_says(file_pools_); });
    deliver(core::Reload{next_request(), std::make_shared<const core::FleetSpec>(fleet_as_read())});
  }
  deliver(core::Resume{next_request(), {}});
  agenda_.enter(now_ + (end_ - now_) / 2, AskForAll{});
}

/// What only runs when it is asked for shall show that it does. Earlier runs have ended by now.
void World::ask_for_all() {
  for (const core::JobSpec& job : scenario_.fleet.jobs) {
    if (!std::holds_alternative<core::Manual>(job.schedule) || !job.enabled) continue;
    deliver(core::Trigger{next_request(), job.name, {}, false});
  }
}

}  // namespace takt::sim
