#pragma once
// OwnPrograms: programs that the daemon runs for itself: commands of probes, of remedies, of contacts. They
// run like a job's attempt (own session, own tree, proven gone when they have ended), in a few places at
// once; more of them wait their turn. Each place has a token of its own that no attempt reaches, so that
// the next daemon finds what is left of a program whose daemon died:
//
//   run ─▶ waiting ─▶ running ──ended──▶ told
//              │         └ its time is over, or stop(): killed whole, then told
//              └ its time is over, or stop(): told
//
// Their output goes to logs/<folder>/<time>-<id>.log below the state_dir. Loop's thread; told from a
// turn of its own.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "core/event.h"
#include "core/spec.h"
#include "ports/launcher.h"

namespace takt::daemon {

class OwnPrograms {
 public:
  static constexpr std::int64_t kFirstToken = (std::int64_t{1} << 60) + 1;
  static constexpr int kPlaces = 8;
  static constexpr std::size_t kWaitingMax = 256;

  explicit OwnPrograms(boost::asio::io_context& io) : io_(io) {}
  ~OwnPrograms();

  /// Once, before the first run(). What an earlier daemon left is killed, whatever the fleet file says by
  /// now; until that is proven a place is not used.
  void connect(ports::Launcher& launcher, std::string state_dir);

  struct Program {
    std::shared_ptr<const core::Command> command;
    std::string folder;  // of its log, below logs/; begins with "_"
    std::vector<std::pair<std::string, std::string>> env;
    Duration timeout;  // wall time, waiting included
    WallTime now;      // fleet time, for TAKT_NOW and the name of the log
  };
  struct Outcome {
    core::ProcessEnd end;
    std::string trouble;   // why it has no exit code, in words; empty: it has one
    std::string log_file;  // of what it wrote, if anything
  };
  using Told = std::function<void(const Outcome&)>;
  using Id = std::int64_t;
  Id run(Program program, Told told);
  /// Kills it, as if its time were over. Unknown ids are ignored (it has ended).
  void cancel(Id id);

  /// Kills all, and begins nothing more.
  void stop();
  bool is_idle() const;

  /// What the launcher says of these tokens is for here.
  static bool owns(Token token) {
    return token.value >= kFirstToken && token.value < kFirstToken + kPlaces;
  }
  void ended(Token token, const core::ProcessEnd& end);
  void leftover_gone(Token token);

 private:
  struct Work;
  struct Place {
    std::shared_ptr<Work> work;  // null: free
    bool leftover = false;
  };

  void place_waiting();
  void start(int place, std::shared_ptr<Work> work);
  void time_is_over(const std::shared_ptr<Work>& work);
  void tell_later(const std::shared_ptr<Work>& work, Outcome outcome);

  boost::asio::io_context& io_;
  ports::Launcher* launcher_ = nullptr;
  std::string state_dir_;
  std::vector<Place> places_ = std::vector<Place>(kPlaces);
  std::deque<std::shared_ptr<Work>> waiting_;
  Id last_id_ = 0;
  bool stopping_ = false;
};

}  // namespace takt::daemon
