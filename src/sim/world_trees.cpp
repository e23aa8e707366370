// The process trees of the world: how they behave, and what is told of them.

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

#include "sim/world.h"

namespace takt::sim {
namespace {

constexpr Duration kExpectDefault = std::chrono::minutes{1};
constexpr Duration kDrainIdle = std::chrono::milliseconds{300};  // output is read that long

/// When the limit was reached that a kill answers.
std::optional<Instant> limit_of(const core::JobSpec& spec, const Tree& tree, core::KillReason why) {
  if (why == core::KillReason::timeout && spec.timeout) return tree.started + *spec.timeout;
  if (why != core::KillReason::hung) return std::nullopt;
  std::optional<Instant> at;
  if (spec.hung_after) at = tree.started + *spec.hung_after;
  if (!spec.beat_within) return at;
  const Instant silent = tree.quiet_since + *spec.beat_within;
  return at ? std::min(*at, silent) : silent;
}

/// Without a fault a job keeps within its limits, however close to them it is expected to come.
Duration longest_natural(const core::JobSpec& spec) {
  const Duration limit =
      std::min(spec.hung_after.value_or(kDurationMax), spec.timeout.value_or(kDurationMax));
  return limit * 9 / 10;
}

}  // namespace

void World::apply_fault(Behaviour& behaviour, Fault fault, Duration median) {
  switch (fault) {
    case Fault::job_fails:
      behaviour.exit_code = 1 + static_cast<int>(dice_trees_.below(3));
      return;
    case Fault::job_crashes:
      behaviour.signal = dice_trees_.chance(0.5) ? SIGSEGV : SIGABRT;
      return;
    case Fault::job_ignores_sigterm:
      behaviour.ignores_term = true;
      behaviour.hangs = true;
      return;
    case Fault::job_hangs:
      behaviour.hangs = true;
      return;
    case Fault::job_slow:
      behaviour.runs = median * (4 + dice_trees_.below(9));
      return;
    case Fault::spawn_fails:
      behaviour.spawn_errno = dice_trees_.chance(0.5) ? ENOENT : EAGAIN;
      return;
    case Fault::job_goes_silent:
      behaviour.hangs = true;
      behaviour.silent_after = dice_trees_.between(Duration{0}, median);
      return;
    case Fault::leaks_processes:
      behaviour.leaks = 1 + static_cast<int>(dice_trees_.below(5));
      return;
    default:
      return;  // not a fault of processes
  }
}

Behaviour World::draw_behaviour(JobIndex job) {
  const Duration median = scenario_.fleet.jobs[job].expect.value_or(kExpectDefault);
  Behaviour behaviour;
  behaviour.spawn_takes = dice_trees_.between(Duration{1}, Duration{5});
  behaviour.runs = std::min(dice_trees_.around(median), longest_natural(scenario_.fleet.jobs[job]));
  behaviour.obeys_after = dice_trees_.between(Duration{2}, kDrainIdle);
  if (dice_trees_.chance(0.5)) behaviour.exit_on_term = dice_trees_.chance(0.5) ? 0 : 143;
  if (scenario_.fleet.jobs[job].beat_within) {
    behaviour.beats_every = std::max(*scenario_.fleet.jobs[job].beat_within / 3, Duration{1});
  }
  const bool fails = dice_trees_.chance(scenario_.mix.failure_chance);
  if (!faulty_) return behaviour;
  const auto chosen = std::ranges::find_if(armed_, [&](Fault fault) { return suits(fault, job); });
  if (chosen != armed_.end()) {
    apply_fault(behaviour, *chosen, median);
    if (*chosen != Fault::job_ignores_sigterm && *chosen != Fault::leaks_processes) fired(*chosen);
    armed_.erase(chosen);
  } else if (fails) {
    apply_fault(behaviour, Fault::job_fails, median);
    fired(Fault::job_fails);
  }
  return behaviour;
}

void World::launch(const core::LaunchAttempt& launch) {
  Tree tree;
  tree.token = launch.token;
  tree.run = launch.run;
  tree.attempt = launch.attempt;
  tree.job = launch.job;
  tree.life = life_;
  tree.pid = ++last_pid_;
  tree.behaviour = draw_behaviour(launch.job);
  const auto [placed, is_new] = trees_.emplace(launch.token, std::move(tree));
  if (!is_new) {  // launched again: the witness sees a second start
    witness([&](Checker& c) {
      c.tree_started(now_, launch.token, launch.run, launch.attempt, launch.job);
    });
    return;
  }
  if (crash_window_ == CrashWindow::after_launch && !placed->second.behaviour.spawn_errno) {
    spawn(placed->second);
    crash_now_ = true;
    return;
  }
  agenda_.enter(now_ + placed->second.behaviour.spawn_takes,
                TreeStep{launch.token, 0, TreeMove::spawn});
}

void World::spawn(Tree& tree) {
  const Token token = tree.token;
  if (tree.behaviour.spawn_errno) {
    core::AttemptEnded ended{token, {}};
    ended.end.spawn_errno = tree.behaviour.spawn_errno;
    ended.end.error = "spawn failed";
    trees_.erase(token);
    deliver(std::move(ended));
    return;
  }
  tree.spawned = tree.main_alive = true;
  tree.started = tree.quiet_since = now_;
  if (tree.behaviour.beats_every) {
    agenda_.enter(now_ + *tree.behaviour.beats_every, TreeStep{token, 0, TreeMove::beat});
  }
  witness([&](Checker& c) { c.tree_started(now_, token, tree.run, tree.attempt, tree.job); });
  if (!tree.behaviour.hangs) {
    agenda_.enter(now_ + tree.behaviour.runs, TreeStep{token, tree.version, TreeMove::main_ends});
  }
  if (crash_window_ == CrashWindow::after_launch) return;  // nobody is left to hear of it
  const auto grace = tree.kill_on_spawn;
  core::Process process;
  process.pid = tree.pid;
  process.start_ticks = static_cast<std::uint64_t>(now_.time_since_epoch().count());
  process.boot_id = "boot";
  deliver(core::AttemptStarted{token, std::move(process)});
  const auto still = trees_.find(token);
  if (grace && still != trees_.end()) signal(still->second, *grace);
}

void World::kill(Token token, Duration grace, core::KillReason why) {
  const auto found = trees_.find(token);
  if (found == trees_.end() || found->second.life != life_) return;
  Tree& tree = found->second;
  const auto limit = limit_of(scenario_.fleet.jobs[tree.job], tree, why);
  if (tree.spawned && limit) {
    metrics_.detected(tree.job, now_ - std::max(*limit, awake_since_));
  }
  if (scenario_.saboteur != nullptr && !scenario_.saboteur->kills(token)) {
    core::AttemptEnded ended{token, {}};
    ended.end.signal = SIGTERM;
    tell_soon(std::move(ended));
    return;
  }
  if (!tree.spawned) {
    tree.kill_on_spawn = std::min(grace, tree.kill_on_spawn.value_or(grace));
    return;
  }
  signal(tree, grace);
}

void World::signal(Tree& tree, Duration grace) {
  if (!tree.main_alive) return;  // its end is on its way
  witness([&](Checker& checker) { checker.tree_signalled(now_, tree.token); });
  const Token token = tree.token;
  agenda_.enter(now_ + grace, TreeStep{token, 0, TreeMove::sigkill});
  if (std::exchange(tree.terminated, true)) return;
  if (tree.behaviour.ignores_term) {
    fired(Fault::job_ignores_sigterm);
    return;
  }
  tree.version += 1;
  tree.behaviour.signal.reset();
  tree.behaviour.exit_code = tree.behaviour.exit_on_term.value_or(0);
  if (!tree.behaviour.exit_on_term) tree.behaviour.signal = SIGTERM;
  agenda_.enter(now_ + std::min(tree.behaviour.obeys_after, grace),
                TreeStep{token, tree.version, TreeMove::main_ends});
}

void World::tree_step(const TreeStep& step) {
  const auto found = trees_.find(step.token);
  if (found == trees_.end()) return;
  Tree& tree = found->second;
  const bool ours = tree.life == life_ && daemon_;
  switch (step.move) {
    case TreeMove::spawn:
      if (ours) {
        spawn(tree);
      } else {
        trees_.erase(found);  // the daemon died before it came to that
      }
      return;
    case TreeMove::beat:
      if (tree.main_alive) beat(tree);
      return;
    case TreeMove::main_ends:
      if (step.version == tree.version && tree.main_alive) end_main(tree);
      return;
    case TreeMove::sigkill:
      if (!ours || !tree.main_alive) return;
      tree.behaviour.signal = SIGKILL;
      end_main(tree);
      return;
    case TreeMove::rest_dies:
      if (ours) end_tree(step.token);
      return;
  }
}

void World::beat(Tree& tree) {
  const auto& silent_after = tree.behaviour.silent_after;
  if (silent_after && now_ - tree.started >= *silent_after) return;
  const Token token = tree.token;
  tree.quiet_since = now_;
  agenda_.enter(now_ + *tree.behaviour.beats_every, TreeStep{token, 0, TreeMove::beat});
  witness([&](Checker& checker) { checker.tree_beat(now_, token); });
  if (tree.life == life_) deliver(core::BeatHeard{{}, token, {}});
}

void World::end_main(Tree& tree) {
  const Token token = tree.token;
  tree.main_alive = false;
  tree.end.signal = tree.behaviour.signal;
  if (!tree.end.signal) tree.end.exit_code = tree.behaviour.exit_code;
  tree.end.rss_max_bytes = tree.pid * 4096LL;
  tree.end.leaked = tree.children = tree.behaviour.leaks;
  witness([&](Checker& c) { c.main_ended(now_, token, tree.end.exit_code, tree.end.signal); });
  if (tree.children == 0) {
    end_tree(token);
    return;
  }
  fired(Fault::leaks_processes);
  if (tree.life != life_ || !daemon_) return;  // orphans: nobody kills them yet
  if (scenario_.saboteur != nullptr && !scenario_.saboteur->kills_leaked(token)) {
    deliver(core::AttemptEnded{token, tree.end});
    return;
  }
  agenda_.enter(now_ + kDrainIdle, TreeStep{token, tree.version, TreeMove::rest_dies});
}

void World::end_tree(Token token) {
  const auto found = trees_.find(token);
  const bool is_heard = found->second.life == life_ && daemon_;
  core::AttemptEnded ended{token, std::move(found->second.end)};
  trees_.erase(found);
  witness([&](Checker& checker) { checker.tree_dead(now_, token); });
  if (is_heard) deliver(std::move(ended));
}

void World::sweep(const Sweep& sweep) {
  if (sweep.life != life_ || !daemon_) return;
  core::LeftoverGone gone{sweep.token, 0};
  const auto found = trees_.find(sweep.token);
  const bool spares = scenario_.saboteur != nullptr && !scenario_.saboteur->sweeps(sweep.token);
  if (found != trees_.end() && !spares) {
    const Tree& tree = found->second;
    gone.killed = tree.children + (tree.main_alive ? 1 : 0);
    if (tree.main_alive) {
      witness([&](Checker& c) { c.main_ended(now_, sweep.token, std::nullopt, SIGKILL); });
    }
    trees_.erase(found);
    witness([&](Checker& checker) { checker.tree_dead(now_, sweep.token); });
  }
  deliver(gone);
}

}  // namespace takt::sim
