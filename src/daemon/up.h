#pragma once
// up: runs a fleet in the foreground until it is told to stop.

#include <filesystem>
#include <optional>

#include "base/time.h"
#include "core/spec.h"
#include "fleet/load.h"

namespace takt::daemon {

struct UpOptions {
  core::FleetSpec spec;
  std::filesystem::path fleet_file;  // absolute
  bool trust_file = false;           // at reloads, too
  fleet::FilesRead read;             // what the spec was read from: reloaded when that changes
  double speed = 1;
  std::optional<Duration> run_for;  // wall time; then it shuts down by itself
  bool json = false;                // events as JSON lines instead of text
  bool color = false;
};

/// Blocks until the fleet has stopped. Returns the exit code: 0 all went well; 1 it could not start or,
/// with run_for, a run failed; 6 another daemon has the state_dir, or the store is refused:
/// another fleet's, another speed's, too new or corrupt.
int run_up(UpOptions options);

}  // namespace takt::daemon
