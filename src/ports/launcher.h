#pragma once
// Port Launcher: process trees. The daemon's is real, the simulator's is modelled. One attempt is one
// tree; a tree that was reported as ended has no living process left.
//
//   start ──▶ (deferred) ──▶ started ──▶ ended           kill may come at any time in between
//     └─────────────────────────────────▶ ended (spawn_errno)

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "core/beat.h"
#include "core/effect.h"
#include "core/event.h"
#include "core/spec.h"

namespace takt::ports {

/// All that is needed to start one attempt.
struct Launch {
  Token token;
  RunId run;
  int attempt = 1;
  std::string job;
  std::shared_ptr<const core::Command> command;
  /// TAKT_JOB, TAKT_RUN_ID, ... : set after the job's own env, so they always win.
  std::vector<std::pair<std::string, std::string>> takt_env;
  std::string log_file;  // absolute; its folder is made when missing
  Duration kill_grace;   // for what is left of the tree after the main process ended
};

/// The memory of a living tree that has a memory_max.
struct TreeMemory {
  std::string job;
  RunId run;
  int attempt = 1;
  std::optional<std::int64_t> used_bytes;  // at the last look; none: not looked at yet
  std::int64_t limit_bytes = 0;
};

/// Called on the loop's thread.
class LauncherListener {
 public:
  virtual ~LauncherListener() = default;
  virtual void started(Token token, const core::Process& process) = 0;
  /// It cannot be started for now (no processes, memory or descriptors) and is tried again, for as
  /// long as it takes. At most once an attempt, before `started`.
  virtual void deferred(Token token, const std::string& why) = 0;
  virtual void ended(Token token, const core::ProcessEnd& end) = 0;
  /// A line to TAKT_FD, or several in one; never after the end.
  virtual void beat(Token token, const core::Beat& beat) = 0;
  virtual void leftover_gone(Token token, int killed) = 0;
};

class Launcher {
 public:
  virtual ~Launcher() = default;
  virtual void start(Launch launch) = 0;
  /// SIGTERM to the tree, `grace` of wall time, SIGKILL until nothing is left. A second call with a
  /// shorter grace shortens it. Unknown tokens are ignored (their end was already told).
  virtual void kill(Token token, Duration grace) = 0;
  /// SIGKILLs what an earlier daemon left of an attempt, wherever it went; tells leftover_gone.
  virtual void kill_leftover(const core::AttemptRow& attempt) = 0;
  /// Attempts whose main process has ended while their end is still to be told (output is being read,
  /// the rest of the tree goes); each is returned once. Looks at the kernel's word, not at what the
  /// loop has got round to: after the daemon stood still, an end is known before a limit is fired.
  virtual std::vector<Token> mains_ended() = 0;
  /// Trees started and not yet ended.
  virtual std::size_t alive() const = 0;
  /// Those of them that have a memory_max, in the order of their starts.
  virtual std::vector<TreeMemory> limited_trees() const = 0;
};

}  // namespace takt::ports
