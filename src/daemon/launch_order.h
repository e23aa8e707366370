#pragma once
// From the coordinator's LaunchAttempt to what the launcher needs: command, log file and the TAKT_*
// environment that tells the job who it is.

#include <filesystem>

#include "core/effect.h"
#include "core/spec.h"
#include "ports/launcher.h"

namespace takt::daemon {

/// TAKT_SLOT is there for runs of slots (schedule and catchup) and empty for others; TAKT_NOW is fleet
/// time; parameters arrive as TAKT_PARAM_<NAME in capitals>. TAKT_SOCKET is where `takt beat` finds
/// the daemon.
ports::Launch launch_order(const core::JobSpec& job, const core::LaunchAttempt& attempt,
                           const std::filesystem::path& state_dir);

}  // namespace takt::daemon
