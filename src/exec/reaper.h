#pragma once
// The one reaper of the daemon's process. It is the parent of every main process and, as subreaper,
// of every orphan below them; all of them are collected here, known or not, so that no zombie
// stays.
//
// SIGCHLD only says "look": waitid finds a zombie without collecting it, then it is collected by
// pid. After a bounded number of them the rest of the loop gets its turn. One per process, loop
// thread.

#include <sys/resource.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <functional>
#include <memory>

namespace takt::exec {

class Reaper : public std::enable_shared_from_this<Reaper> {
 public:
  /// `status` as wait4 tells it; the pid is free again when this is called.
  using Died = std::function<void(int pid, int status, const rusage& used)>;

  /// Makes the process a subreaper. Keeps nothing alive: the handlers end with the last owner.
  Reaper(boost::asio::io_context& io, Died died);
  /// Begins to listen; looks once for what died before.
  void start();
  /// Collects all that has died by now, without waiting for the loop's turn.
  void collect_all();

 private:
  void listen();
  void collect();
  bool collect_one();

  boost::asio::io_context& io_;
  boost::asio::signal_set child_died_;
  Died died_;
  bool collecting_later_ = false;
};

}  // namespace takt::exec
