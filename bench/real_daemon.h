#pragma once
// RealDaemon: the takt program itself, run on a fleet of its own in a scratch folder, as its users run
// it. What is measured is taken from outside: the readiness it tells a service manager, its row in
// /proc, its database, and what its jobs write.

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "exec/descriptor.h"

namespace takt::bench {

/// A folder that goes with the object.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct ProcessUse {
  std::int64_t resident_kib = 0;
  std::int64_t peak_kib = 0;
  std::int64_t switches = 0;  // voluntary: how often it woke up
  std::chrono::milliseconds processor{0};
};

class RealDaemon {
 public:
  using Seconds = std::chrono::duration<double>;

  /// `fleet`: the text of the fleet file, without state_dir. Nothing runs yet.
  explicit RealDaemon(const std::string& fleet);
  /// Kills what still runs.
  ~RealDaemon();
  RealDaemon(const RealDaemon&) = delete;
  RealDaemon& operator=(const RealDaemon&) = delete;

  /// Everything as user nobody, who can write no cgroup.
  void as_nobody();

  /// Starts it; returns what it took from the spawn to READY=1.
  Seconds up();
  /// SIGTERM, and waits for its end.
  void down();
  /// SIGKILL, and waits for its end.
  void kill();

  pid_t pid() const { return pid_; }
  ProcessUse use() const;
  const std::filesystem::path& folder() const { return folder_.path(); }
  /// The first column of the first row.
  std::optional<double> ask(const std::string& sql) const;

 private:
  void wait();

  ScratchFolder folder_;
  exec::Descriptor notify_;
  pid_t pid_ = 0;
  bool as_nobody_ = false;
};

/// Asks again every few milliseconds; gives up the benchmark after a minute.
void wait_until(const std::function<bool()>& is_true, const std::string& what);

/// A program that was built beside this one.
std::filesystem::path sibling(const std::string& name);

/// $FOR where it is set ("10s"), else `usual`: how long a measurement lasts.
std::chrono::milliseconds length(std::chrono::milliseconds usual);

}  // namespace takt::bench
