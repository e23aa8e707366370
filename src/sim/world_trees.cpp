// The process trees of the world: how they behave, and what is told of them.

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <utility>

#include "sim/world.h"

namespace takt::sim {
namespace {

constexpr Duration kExpectDefault = std::chrono::minutes{1};
constexpr Duration kDrainIdle = std::chrono::milliseconds{300};  // output is read that long
constexpr Duration kDrainMax = std::chrono::seconds{5};          // while somebody holds the pipe
constexpr Duration kLateReport = std::chrono::seconds{10};
constexpr Duration kUsualOutput{2000};  // bytes, so that the dice can be used

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

/// The age at which an attempt is killed.
Duration age_limit(const core::JobSpec& spec) {
  return std::min(spec.hung_after.value_or(kDurationMax), spec.timeout.value_or(kDurationMax));
}

std::int64_t log_cap(const core::JobSpec& spec) {
  const auto cap = spec.command ? spec.command->log_max_bytes : core::Command{}.log_max_bytes;
  return static_cast<std::int64_t>(cap);
}

/// Without a fault a job keeps within its limits, however close to them it is expected to come.
Duration longest_natural(const core::JobSpec& spec) { return age_limit(spec) * 9 / 10; }

/// Its fault is met only when somebody kills it, when it ends, or when that is told.
bool chosen_late(Fault fault) {
  return fault == Fault::job_ignores_sigterm || fault == Fault::leaks_processes ||
         fault == Fault::holds_the_pipe || fault == Fault::end_told_twice;
}

}  // namespace

void World::apply_fault(Behaviour& behaviour, Fault fault, JobIndex job) {
  const core::JobSpec& spec = scenario_.fleet.jobs[job];
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
      behaviour.runs = spec.expect.value_or(kExpectDefault) * (4 + dice_trees_.below(9));
      return;
    case Fault::job_ends_at_its_limit:
      behaviour.runs = age_limit(spec) + Duration{dice_trees_.below(3) - 1};
      return;
    case Fault::job_out_of_memory:
      behaviour.signal = SIGKILL;
      behaviour.out_of_memory = true;
      return;
    case Fault::job_exits_137:
      behaviour.exit_code = 128 + SIGKILL;
      return;
    case Fault::spawn_fails:
      behaviour.spawn_errno = dice_trees_.chance(0.5) ? ENOENT : EACCES;
      return;
    case Fault::spawn_refused:
      behaviour.deferred = dice_trees_.between(std::chrono::seconds{1}, scenario_.mix.outage_max);
      return;
    case Fault::job_goes_silent:
      behaviour.hangs = true;
      behaviour.silent_after =
          dice_trees_.between(Duration{0}, spec.expect.value_or(kExpectDefault));
      return;
    case Fault::leaks_processes:
      behaviour.leaks = 1 + static_cast<int>(dice_trees_.below(5));
      return;
    case Fault::holds_the_pipe:
      behaviour.leaks = 1;
      behaviour.drain = kDrainMax;
      return;
    case Fault::output_floods:
      behaviour.emits = log_cap(spec) + dice_trees_.below(log_cap(spec) * 9);
      return;
    case Fault::end_told_twice:
      behaviour.told_twice = true;
      behaviour.exit_code = 1;  // so that a retry may be there when it is told again
      return;
    default:
      return;  // not a fault of processes
  }
}

Duration World::draw_length(Duration median) {
  const auto& within = scenario_.options.durations_within;
  if (!within) return dice_trees_.around(median);
  const auto times = [median](double factor) {
    return Duration{std::llround(static_cast<double>(median.count()) * factor)};
  };
  return dice_trees_.between(times(within->first), times(within->second));
}

Behaviour World::draw_behaviour(JobIndex job) {
  const Duration median = scenario_.fleet.jobs[job].expect.value_or(kExpectDefault);
  Behaviour behaviour;
  behaviour.spawn_takes = dice_trees_.between(Duration{1}, Duration{5});
  behaviour.runs = std::min(draw_length(median), longest_natural(scenario_.fleet.jobs[job]));
  behaviour.drain = kDrainIdle;
  behaviour.emits = dice_trees_.around(kUsualOutput, 1.5).count();
  behaviour.obeys_after = dice_trees_.between(Duration{2}, kDrainIdle);
  if (dice_trees_.chance(0.5)) behaviour.exit_on_term = dice_trees_.chance(0.5) ? 0 : 143;
  if (scenario_.fleet.jobs[job].beat_within) {
    behaviour.beats_every = std::max(*scenario_.fleet.jobs[job].beat_within / 3, Duration{1});
  }
  const bool fails = dice_trees_.chance(scenario_.mix.failure_chance);
  if (!faulty_) return behaviour;
  const auto chosen = std::ranges::find_if(armed_, [&](Fault fault) { return suits(fault, job); });
  if (chosen != armed_.end()) {
    apply_fault(behaviour, *chosen, job);
    behaviour.fault = chosen_late(*chosen) ? std::optional{*chosen} : std::nullopt;
    if (!behaviour.fault) fired(*chosen);
    armed_.erase(chosen);
  } else if (fails) {
    apply_fault(behaviour, Fault::job_fails, job);
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
  if (launch.builtin != core::Builtin::none && is_new) work_builtin(launch);
  if (!is_new) {  // launched again: the witness sees a second start
    witness([&](Checker& c) {
      c.tree_started(now_, {launch.token, launch.run, launch.attempt, launch.job, life_});
    });
    return;
  }
  const Behaviour& behaviour = placed->second.behaviour;
  const bool is_spawned = !behaviour.spawn_errno && behaviour.deferred == Duration{0};
  if (crash_window_ == Fault::daemon_killed_after_launch && is_spawned) {
    crash_now_ = true;
    spawn(placed->second);
    return;
  }
  if (scenario_.saboteur != nullptr) {
    placed->second.behaviour.spawn_takes += scenario_.saboteur->dawdles();
  }
  agenda_.enter(now_ + placed->second.behaviour.spawn_takes,
                TreeStep{launch.token, 0, TreeMove::spawn});
}

void World::spawn(Tree& tree) {
  const Token token = tree.token;
  if (tree.behaviour.deferred > Duration{0}) {
    agenda_.enter(now_ + std::exchange(tree.behaviour.deferred, Duration{0}),
                  TreeStep{token, 0, TreeMove::spawn});
    tree.deferred = true;
    deliver(core::StartDeferred{token, "clone: Resource temporarily unavailable"});
    return;
  }
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
  witness([&](Checker& c) {
    c.tree_started(now_, {token, tree.run, tree.attempt, tree.job, tree.life});
  });
  if (!tree.behaviour.hangs) {
    agenda_.enter(now_ + tree.behaviour.runs, TreeStep{token, tree.version, TreeMove::main_ends});
  }
  if (crash_now_) return;  // nobody is left to hear of it
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
  witness([&](Checker& checker) { checker.kill_asked(now_, token); });
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
  if (!tree.spawned && tree.deferred) {
    trees_.erase(found);
    core::AttemptEnded ended{token, {}};
    ended.end.spawn_errno = EAGAIN;
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
  tree.behaviour.out_of_memory = false;
  if (tree.behaviour.ignores_term) {
    if (tree.behaviour.fault) fired(*tree.behaviour.fault);
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
        return;
      }
      if (scenario_.saboteur != nullptr && scenario_.saboteur->launches_for_the_dead()) {
        witness([&](Checker& c) {
          c.tree_started(now_, {tree.token, tree.run, tree.attempt, tree.job, tree.life});
        });
      }
      trees_.erase(found);  // the daemon died before it came to that
      return;
    case TreeMove::beat:
      if (tree.main_alive) beat(tree);
      return;
    case TreeMove::main_ends:
      if (step.version == tree.version && tree.main_alive) end_main(tree);
      return;
    case TreeMove::sigkill:
      if (!ours || !tree.main_alive) return;
      if (is_frozen()) {
        agenda_.enter(frozen_until_, step);
        return;
      }
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
  tree.end.by_itself = !tree.terminated;
  tree.end.out_of_memory = tree.behaviour.out_of_memory;
  witness([&](Checker& c) {
    c.main_ended(now_, token, tree.end.exit_code, tree.end.signal, tree.end.out_of_memory);
  });
  if (tree.children == 0) {
    end_tree(token);
    return;
  }
  if (tree.behaviour.fault) fired(*tree.behaviour.fault);
  if (tree.life != life_ || !daemon_) return;  // orphans: nobody kills them yet
  mains_ended_.push_back(token);
  if (scenario_.saboteur != nullptr && !scenario_.saboteur->kills_leaked(token)) {
    deliver(core::AttemptEnded{token, tree.end});
    return;
  }
  agenda_.enter(std::max(now_, frozen_until_) + tree.behaviour.drain,
                TreeStep{token, tree.version, TreeMove::rest_dies});
}

void World::tell_mains_ended() {
  std::vector<Token> ended = std::exchange(mains_ended_, {});
  std::erase_if(ended, [&](Token token) { return !trees_.contains(token); });
  if (!ended.empty()) deliver(core::MainsEnded{std::move(ended)});
}

void World::store_output(Tree& tree) {
  LogFacts log;
  log.emitted = tree.end.log_bytes = tree.behaviour.emits;
  log.stored = std::min(log.emitted, log_cap(scenario_.fleet.jobs[tree.job]));
  log.cut = log.emitted - log.stored;
  if (scenario_.saboteur != nullptr) scenario_.saboteur->logs(log);
  witness([&](Checker& checker) {
    checker.output_stored(now_, tree.token, log.emitted, log.stored, log.cut);
  });
}

void World::end_tree(Token token) {
  const auto found = trees_.find(token);
  Tree& tree = found->second;
  const bool is_heard = tree.life == life_ && daemon_;
  if (is_heard) store_output(tree);
  core::AttemptEnded ended{token, std::move(tree.end)};
  const bool is_told_twice = tree.behaviour.told_twice;
  trees_.erase(found);
  witness([&](Checker& checker) { checker.tree_dead(now_, token); });
  if (!is_heard) return;
  if (is_told_twice) {
    fired(Fault::end_told_twice);
    agenda_.enter(std::max(now_, frozen_until_) + dice_trees_.between(Duration{1}, kLateReport),
                  TellDaemon{life_, ended});
  }
  deliver(std::move(ended));
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
