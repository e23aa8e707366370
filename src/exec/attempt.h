#pragma once
// One attempt as the launcher holds it. Its states are drawn in launcher.h; which one it is in
// follows from what is set:
//
//   pending   no main process          draining   main_ended, not drained
//   running   main process, no end     emptying   main_ended and drained

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <optional>

#include "core/event.h"
#include "exec/cgroup.h"
#include "exec/log_pump.h"
#include "exec/spawn.h"
#include "exec/tree.h"
#include "ports/launcher.h"

namespace takt::exec {

struct Attempt {
  using Clock = std::chrono::steady_clock;

  Attempt(boost::asio::io_context& io, ports::Launch of) : launch(std::move(of)), timer(io) {}

  ports::Launch launch;
  boost::asio::steady_timer timer;  // the next try, the end of the grace, or the next look
  int tries = 0;

  Spawned main;
  std::unique_ptr<CgroupFolder> group;
  std::uint64_t oom_kills_before = 0;
  bool limited_by_kernel = false;           // memory_max is the group's own limit
  std::optional<std::int64_t> memory_seen;  // of a watched tree, at the last look
  bool over_memory = false;                 // and therefore killed
  std::unique_ptr<Tree> tree;

  std::optional<Clock::time_point> kill_at;  // a kill is under way; SIGKILL from then on
  bool killing_hard = false;
  std::chrono::milliseconds look_wait{0};

  bool main_ended = false;
  Clock::time_point main_ended_at;
  bool drained = false;
  bool beat_open = false;
  core::ProcessEnd end;
};

}  // namespace takt::exec
