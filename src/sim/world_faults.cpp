// What goes wrong in the world, and what the operator does.

#include <algorithm>
#include <iterator>
#include <utility>

#include "sim/world.h"

namespace takt::sim {
namespace {

constexpr Duration kTryAgain = std::chrono::minutes{1};
constexpr Duration kStopBound = std::chrono::seconds{2};  // L9, beyond the longest grace

}  // namespace

bool World::suits(Fault fault, JobIndex job) const {
  const core::JobSpec& spec = scenario_.fleet.jobs[job];
  if (fault == Fault::job_goes_silent) return spec.beat_within.has_value();
  if (fault != Fault::job_hangs && fault != Fault::job_ignores_sigterm) return true;
  return spec.hung_after || spec.timeout;  // else nothing would ever end it
}

/// The next fault of the plan that can happen to a job of this fleet.
Fault World::draw_fault() {
  for (;;) {
    const Fault fault = plan_.draw();
    for (JobIndex job = 0; job < scenario_.fleet.jobs.size(); ++job) {
      if (suits(fault, job)) return fault;
    }
  }
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
    case Fault::spawn_fails:
    case Fault::leaks_processes:
    case Fault::job_goes_silent:
      armed_.push_back(fault);
      break;
    case Fault::daemon_killed:
    case Fault::daemon_restarted:
      met = strike_daemon(fault);
      break;
    case Fault::store_fails:
    case Fault::store_slow:
      met = strike_store(fault);
      break;
    case Fault::clock_stepped:
    case Fault::suspended:
      met = strike_clock(fault);
      break;
    case Fault::operator_triggers:
    case Fault::operator_cancels:
    case Fault::operator_pauses:
    case Fault::operator_resumes:
      met = strike_operator(fault);
      break;
  }
  if (!met) agenda_.enter(now_ + kTryAgain, StrikeAgain{fault});
}

bool World::strike_daemon(Fault fault) {
  if (!daemon_ || is_stopping()) return false;
  if (fault == Fault::daemon_restarted) {
    shut_down();
    return true;
  }
  switch (dice_faults_.below(3)) {
    case 0:
      crash_window_ = CrashWindow::after_commit;
      return true;
    case 1:
      crash_window_ = CrashWindow::after_launch;
      return true;
    default:
      fired(Fault::daemon_killed);
      lose_daemon(dice_faults_.around(scenario_.mix.downtime_median, 1.6));
      return true;
  }
}

void World::shut_down() {
  fired(Fault::daemon_restarted);
  stop_asked_ = true;
  Duration grace{0};
  for (const core::JobSpec& job : scenario_.fleet.jobs) grace = std::max(grace, job.kill_grace);
  agenda_.enter(now_ + grace + kStopBound, StopPatience{life_});
  witness([&](Checker& checker) { checker.daemon_down(now_); });
  deliver(core::ShutDown{next_request()});
}

bool World::strike_store(Fault fault) {
  Instant& until = fault == Fault::store_fails ? ill_until_ : slow_until_;
  if (now_ < until || slow_ || outage_) return false;
  until = now_ + dice_faults_.between(std::chrono::seconds{1}, scenario_.mix.outage_max);
  return true;
}

bool World::strike_clock(Fault fault) {
  if (fault == Fault::suspended) {
    // A launch is one step of the daemon: it cannot be suspended in the middle of one.
    const auto is_launching = [](const auto& entry) { return !entry.second.spawned; };
    if (std::ranges::any_of(trees_, is_launching)) return false;
    fired(fault);
    suspend(std::min(dice_faults_.around(scenario_.mix.suspend_median, 1.5),
                     scenario_.mix.suspend_max));
    return true;
  }
  if (!daemon_) return false;  // a step that no daemon sees is a longer or shorter downtime
  fired(fault);
  const Duration by = dice_faults_.between(-scenario_.mix.step_max, scenario_.mix.step_max);
  wall_offset_ += by;
  witness([&](Checker& checker) { checker.clock_stepped(now_, by); });
  deliver(core::ClockStepped{by});
  return true;
}

void World::suspend(Duration by) {
  by = std::min(by, std::max(heal_at_ - now_, Duration{0}));
  // What works needs the time that it lacks now; what waits for an instant finds that it has
  // passed.
  agenda_.delay(by, [](const Happening& what) {
    if (const auto* step = std::get_if<TreeStep>(&what)) return step->move != TreeMove::sigkill;
    return std::holds_alternative<CommitDue>(what) || std::holds_alternative<SlowOver>(what) ||
           std::holds_alternative<TellDaemon>(what) || std::holds_alternative<Sweep>(what) ||
           std::holds_alternative<StopPatience>(what);
  });
  ill_until_ += by;
  slow_until_ += by;
  now_ += by;
  awake_since_ = now_;
  witness([&](Checker& checker) { checker.woke_up(now_); });
  deliver(core::Tick{});
}

bool World::strike_operator(Fault fault) {
  if (!daemon_ || is_stopping()) return false;
  const std::string& job = scenario_.fleet.jobs[any_job()].name;
  switch (fault) {
    case Fault::operator_cancels: {
      const auto& open = store_.open_runs();
      if (open.empty()) return false;
      const auto chosen =
          std::next(open.begin(), dice_faults_.below(static_cast<std::int64_t>(open.size())));
      deliver(core::Cancel{next_request(), chosen->first});
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
    default:
      deliver(core::Trigger{next_request(), job, {}, dice_faults_.chance(0.3)});
      break;
  }
  fired(fault);
  return true;
}

void World::heal() {
  if (!daemon_ || is_stopping()) {
    agenda_.enter(now_ + kTryAgain, Heal{});
    return;
  }
  faulty_ = false;
  armed_.clear();
  crash_window_ = CrashWindow::none;
  slow_until_ = std::min(slow_until_, now_);
  deliver(core::Resume{next_request(), {}});
}

}  // namespace takt::sim
