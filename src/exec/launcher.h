#pragma once
// ProcessLauncher: the real Launcher (ports/launcher.h). Starts attempts as process trees, captures
// what they write, ends them, and proves them gone.
//
//   start ─▶ pending ──spawned──▶ running ──main process ended──▶ draining ──▶ emptying ──▶ ended
//              │ no processes, memory or descriptors for now: told as deferred, tried again once a
//              │ second for as long as it takes
//              └──cannot be spawned──▶ ended
//
//   draining  output is read until both pipes are at their end, or idle for 300 ms, or 5 s
//   emptying  what is left of the tree is killed (and counted as leaked) until it is proven empty.
//             While a kill's grace lasts, the rest of the tree still has it.
//
// Lanes: with a cgroup for each attempt, a tree is what is in it, and SIGKILL is cgroup.kill;
// without, it is found by descent, session and environment (orphans.h). In the usual case, with
// nothing left, the end costs one small read in either lane.
//
// memory_max: a limit of the attempt's own group where the kernel takes one, and kills it; elsewhere the
// tree is looked at, and killed when it holds more (memory_watch.cpp). Either is told as out_of_memory.
//
// Lives on the loop's thread; the log thread is its own (log_pump.h). It is the parent, the
// subreaper and the only reaper of the process: one per process. Another part of the daemon that
// starts processes gives them TAKT_FLEET_TAG and no TAKT_TOKEN, so that they are not taken for
// strays. Raises the soft limit of open files to the hard one and gives children the old one back.
// SIGPIPE is the daemon's business.

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "ports/launcher.h"

namespace takt::exec {

/// How trees are held together.
enum class CgroupLane {
  automatic,       // the best that works here
  v2_controllers,  // a cgroup v2 group each, with memory and pids
  v2_plain,        // a group each, without controllers
  none             // no groups
};

struct LauncherOptions {
  /// More than `automatic` would choose is not to be had: it falls back to that.
  CgroupLane lane = CgroupLane::automatic;
  /// Folder of the attempts' groups, beneath the daemon's own: one path component, the same for
  /// every incarnation of a fleet's daemon (made from the state_dir), e.g. "takt-0123456789abcdef".
  std::string cgroup_name;
  /// Names the fleet among all that run on the machine; the same for every incarnation. It becomes
  /// TAKT_FLEET_TAG of every job.
  std::string fleet_tag;
  NodeId node;
  /// Fleet time, for the lines of logs. Called on the log thread.
  std::function<WallTime()> clock;
};

class ProcessLauncher final : public ports::Launcher {
 public:
  /// `listener` outlives the launcher. Its functions are called from the loop only, never from
  /// within start, kill or kill_leftover.
  ProcessLauncher(boost::asio::io_context& io, ports::LauncherListener& listener,
                  LauncherOptions options);
  /// Leaves running what runs, for the next daemon to find; tells nothing any more.
  ~ProcessLauncher() override;

  /// A token that is alive already is a broken invariant.
  void start(ports::Launch launch) override;
  /// Before the process was spawned: it is not, and ends with spawn_errno ECANCELED.
  void kill(Token token, Duration grace) override;
  void kill_leftover(const core::AttemptRow& attempt) override;
  std::vector<Token> mains_ended() override;
  std::size_t alive() const override;
  std::vector<ports::TreeMemory> limited_trees() const override;

  /// The lane that is in use; never `automatic`.
  CgroupLane lane() const;
  /// Why it is not a better one, fit for an operator; empty when it is the best.
  const std::string& lane_reason() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace takt::exec
