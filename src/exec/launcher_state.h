#pragma once
// What a ProcessLauncher consists of, and the life of its attempts. Private to the launcher: the
// loop's handlers hold it weakly, so that they may outlive it harmlessly.
//
//   launch.cpp        pending -> running: prepare, spawn, try again
//   attempt_end.cpp   running -> ended: kill, drain, empty

#include <sys/resource.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "exec/attempt.h"
#include "exec/launcher.h"
#include "exec/leftovers.h"
#include "exec/log_pump.h"
#include "exec/orphans.h"
#include "exec/reaper.h"
#include "exec/user.h"

namespace takt::exec {

struct ProcessLauncher::State : std::enable_shared_from_this<ProcessLauncher::State> {
  State(boost::asio::io_context& on, ports::LauncherListener& to, LauncherOptions with);
  /// What needs a shared owner.
  void begin();
  /// Tells nothing from here on.
  void stop();

  // launch.cpp
  void start(ports::Launch launch);
  void try_to_spawn(Attempt& attempt);
  std::expected<SpawnPlan, SpawnProblem> prepare(const ports::Launch& launch) const;
  std::expected<LogPump::Source, SpawnProblem> spawn(Attempt& attempt, SpawnPlan plan);
  void spawned(Attempt& attempt, LogPump::Source source);
  void not_spawned(Attempt& attempt, SpawnProblem problem);
  void defer(Attempt& attempt, const SpawnProblem& problem);
  void tell_spawn_failed(Token token, const SpawnProblem& problem);

  // attempt_end.cpp
  void kill(Token token, Duration grace);
  void child_died(int pid, int status, const rusage& used);
  void orphan_died();
  void collect_quietly();
  std::vector<Token> mains_ended();
  void watch_drains(Attempt::Clock::time_point oldest);
  void give_up_drains();
  void drained(Token token, const LogTotals& totals);
  void look_after(Attempt& attempt, std::chrono::milliseconds wait);
  void look_in_time(Attempt& attempt);
  void look(Attempt& attempt);
  void kill_hard(Attempt& attempt);
  void empty_tree(Attempt& attempt);
  void ended(Attempt& attempt);

  Attempt* find(Token token);

  boost::asio::io_context& io;
  ports::LauncherListener* listener;  // null once stopped
  LauncherOptions options;
  CgroupLane lane = CgroupLane::none;
  std::string lane_reason;
  std::optional<CgroupParent> groups;
  std::optional<rlimit> open_files_before;
  User self;
  Descriptor nothing;  // /dev/null
  Spawner spawner;
  LivingAttempts living;
  Orphans orphans;
  std::shared_ptr<Leftovers> leftovers;
  std::shared_ptr<Reaper> reaper;
  std::unordered_map<Token, std::unique_ptr<Attempt>> attempts;
  std::set<Token> emptying;  // waiting for their tree to be empty
  bool looking_at_emptying = false;
  boost::asio::steady_timer drain_watch;
  bool watching_drains = false;
  std::set<Token> newly_ended;  // main process gone, end to come, not yet told by mains_ended()
  bool quietly = false;         // no end may be told now
  std::shared_ptr<LogPump> logs;
};

}  // namespace takt::exec
