#pragma once
// What a ProcessLauncher consists of, and the life of its attempts. Private to the launcher: the
// loop's handlers hold it weakly, so that they may outlive it harmlessly.
//
//   launch.cpp        pending -> running: prepare, spawn, try again
//   attempt_end.cpp   running -> ended: kill, drain, empty
//   memory_watch.cpp  trees that have a memory_max, where the kernel does not hold them to it

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

  // memory_watch.cpp
  void limit_memory(Attempt& attempt) const;
  void watch_memory(const Attempt& attempt);
  void watch_memory_on();
  void look_at_memory();
  void look_at_memory(Attempt& attempt);
  void kill_over_memory(Attempt& attempt, std::int64_t used_bytes);
  static void settle_memory(Attempt& attempt);
  std::vector<ports::TreeMemory> limited_trees() const;

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
  std::set<Token> memory_watched;
  Token memory_looked_at;  // the last of them that was looked at
  boost::asio::steady_timer memory_watch;
  bool watching_memory = false;
  std::set<Token> newly_ended;  // main process gone, end to come, not yet told by mains_ended()
  bool quietly = false;         // no end may be told now
  std::shared_ptr<LogPump> logs;
};

}  // namespace takt::exec
