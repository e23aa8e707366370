#pragma once
// Reloader: what makes a daemon read its fleet file again, and what it tells the coordinator and whoever
// asked.
//
//   SIGHUP, a request     reads at once; whatever is in the file is taken over, or told as unusable
//   the files change      reads when nothing has happened to them for half a second and nobody has
//                         them open for writing any more. The same content as last time is nothing
//                         new. What looks like half a file (it is wrong, or takes jobs away) is looked
//                         at again a little later; without any job it is not taken over at all
//
// A file that cannot be used changes nothing and is told as an event: once, however often it is
// looked at because it changes. Nothing is timed while nothing changes. Loop's thread only.

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "api/backend.h"
#include "daemon/file_watch.h"
#include "daemon/fleet_reader.h"

namespace takt::daemon {

class FleetDaemon;

struct ReloaderOptions {
  std::filesystem::path fleet_file;  // absolute
  bool trust_file = false;
  std::filesystem::path database;  // where planned offsets are kept
  fleet::FilesRead read;           // what the running fleet was read from
  std::size_t jobs = 0;            // that it has
};

class Reloader {
 public:
  using Done = std::function<void(api::Reloaded)>;

  Reloader(boost::asio::io_context& loop, FleetDaemon& daemon, const ReloaderOptions& options);

  /// Reads the file and goes on with it. `done` may be empty.
  void reload(Done done);

  /// Why changed files go unnoticed, in words; empty: they do not.
  const std::string& trouble() const { return watch_.trouble(); }

 private:
  using Clock = std::chrono::steady_clock;
  void notice();
  void wait_for_quiet(Clock::time_point until);
  void look_after_change();
  bool looks_unfinished(const FleetLook& look) const;
  void watch_what_was_read(const fleet::FilesRead& read);
  void take(const FleetLook& look, Done done);

  FleetDaemon& daemon_;
  FleetReader reader_;
  FileWatch watch_;
  boost::asio::steady_timer quiet_;
  bool waiting_ = false;
  Clock::time_point last_change_;
  std::uint64_t doubtful_ = 0;  // of a look that may have met half a file
  std::uint64_t known_;         // of the last look, whatever came of it
  std::size_t jobs_;            // of the last file that was taken over
};

}  // namespace takt::daemon
