// takt drain, takt down: the orderly ends of a daemon.

#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "cli/verbs.h"

namespace takt::cli {
namespace {

using namespace std::chrono_literals;

Result tell(Console& console, std::string_view sentence) {
  if (console.json) {
    console.print_json({{"ok", true}});
  } else {
    console.out << sentence << '\n';
  }
  return Exit::ok;
}

Result drain(Context& context, const Arguments&) {
  const auto done = context.post("/drain");
  if (!done) return std::unexpected(done.error());
  return tell(context.console(), "the daemon starts nothing more; what runs may end");
}

/// A process that is not ours, waited for without a chance of mistaking another for it.
class Watched {
 public:
  explicit Watched(int pid)
      : fd_(pid > 0 ? static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)) : -1) {}
  ~Watched() {
    if (fd_ >= 0) ::close(fd_);
  }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

  /// False when it is still there after `patience`. True also when it could not be watched.
  bool gone_within(Duration patience) const {
    if (fd_ < 0) return true;
    pollfd waited{.fd = fd_, .events = POLLIN, .revents = 0};
    return ::poll(&waited, 1, static_cast<int>(patience.count())) != 0;
  }

 private:
  int fd_;
};

/// The longest that trees may take to die, and some time for the rest; an hour where the file does not
/// tell.
Duration patience_for(Context& context) {
  const auto spec = context.spec();
  if (!spec) return 1h;
  Duration longest = 10s;
  for (const auto& job : (*spec)->jobs) longest = std::max(longest, job.kill_grace);
  return std::min<Duration>(longest + 60s, 24h);
}

Result down(Context& context, const Arguments&) {
  const auto client = context.daemon();
  if (!client) return std::unexpected(client.error());
  const Watched daemon((*client)->daemon_pid());
  const auto patience = patience_for(context);

  const auto done = context.post("/down", std::nullopt, patience);
  // A daemon that is gone before its answer arrives has done what was asked.
  const bool vanished = !done && done.error().exit == Exit::no_daemon;
  if (!done && !vanished) return std::unexpected(done.error());
  if (!daemon.gone_within(vanished ? 1s : patience)) {
    return std::unexpected(Failure{.exit = Exit::failed,
                                   .what = "the daemon is still there",
                                   .where = context.fleet_file().native(),
                                   .hint = "takt events tells what it waits for"});
  }
  return tell(context.console(), "the daemon is down");
}

}  // namespace

Verb drain_verb() {
  return {"drain", Needs::daemon, "", "start nothing more, let runs end", {}, drain};
}

Verb down_verb() {
  return {"down", Needs::daemon, "", "end all runs and the daemon; they continue with the next one",
          {},     down};
}

}  // namespace takt::cli
