#include "exec/reaper.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <boost/asio/post.hpp>

namespace takt::exec {
namespace {

constexpr int kAtOnce = 128;

/// A child that has ended and is not yet collected; 0: none.
int next_zombie() {
  siginfo_t info{};
  if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0) return 0;
  return info.si_pid;
}

}  // namespace

Reaper::Reaper(boost::asio::io_context& io, Died died)
    : io_(io), child_died_(io, SIGCHLD), died_(std::move(died)) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

void Reaper::start() {
  listen();
  collect();
}

void Reaper::listen() {
  child_died_.async_wait([weak = weak_from_this()](const boost::system::error_code& error, int) {
    const auto self = weak.lock();
    if (error || !self) return;
    self->listen();  // first: a death while collecting asks again
    self->collect();
  });
}

void Reaper::collect_all() {
  const auto self = shared_from_this();
  while (collect_one()) {
  }
}

/// False when none was there.
bool Reaper::collect_one() {
  const int pid = next_zombie();
  if (pid == 0) return false;
  int status = 0;
  rusage used{};
  if (::wait4(pid, &status, WNOHANG, &used) == pid) died_(pid, status, used);
  return true;
}

void Reaper::collect() {
  const auto self = shared_from_this();  // died_ may drop the last other owner
  for (int i = 0; i < kAtOnce; ++i) {
    if (!collect_one()) return;
  }
  if (collecting_later_) return;
  collecting_later_ = true;
  boost::asio::post(io_, [weak = weak_from_this()] {
    if (const auto again = weak.lock()) {
      again->collecting_later_ = false;
      again->collect();
    }
  });
}

}  // namespace takt::exec
