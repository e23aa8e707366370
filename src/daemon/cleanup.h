#pragma once
// Cleanup: carries out core::CleanUp: what frees memory, one action after the other, each answered by a
// core::CleanedUp. Today there is one action, the fleet's `cleanup` command:
//
//   begin ─▶ (what an earlier daemon left of it is killed) ─▶ running ──ended──▶ told, with the memory
//     │                                                          │              before and after
//     │ no command                                               └ 30 s or the daemon's end: killed whole
//     └──────────────▶ told ("none")
//
// It runs like a job's attempt: own session, own tree, proven gone when it has ended; its output goes to
// logs/_cleanup below the state_dir. It is told apart from attempts by its token, which no attempt
// reaches. Told from a turn of the loop of its own, never from within begin(). Loop's thread.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <string>

#include "base/ids.h"
#include "base/time.h"
#include "core/event.h"
#include "core/spec.h"
#include "ports/launcher.h"

namespace takt::daemon {

class Cleanup {
 public:
  static constexpr Token kToken{std::int64_t{1} << 60};
  static constexpr std::chrono::seconds kPatience{30};

  using Read = std::function<core::MemoryReading()>;
  using Told = std::function<void(core::CleanedUp)>;
  Cleanup(boost::asio::io_context& io, Read read, Told told);

  /// Once, before begin(). What an earlier daemon left of the command is killed, if the fleet has one;
  /// until that is proven, it is not started again.
  void connect(ports::Launcher& launcher, const core::FleetSpec& spec);

  /// `now`: fleet time, for the command's environment and the name of its log.
  void begin(const core::FleetSpec& spec, WallTime now);
  /// The command is alive or on its way.
  bool is_running() const { return running_; }
  /// Kills it, and begins nothing more.
  void stop();

  // What the launcher says of kToken.
  void ended(const core::ProcessEnd& end);
  void leftover_gone();

 private:
  void start();
  void tell_later(core::CleanedUp event);

  boost::asio::io_context& io_;
  boost::asio::steady_timer patience_;
  Read read_;
  Told told_;
  ports::Launcher* launcher_ = nullptr;
  ports::Launch launch_;  // of the command that runs or waits for leftovers to be gone
  core::MemoryReading before_;
  std::chrono::steady_clock::time_point began_;
  bool leftover_ = false;
  bool running_ = false;
  bool overdue_ = false;
  bool stopping_ = false;
};

}  // namespace takt::daemon
