#pragma once
// Processes: what of the fleet is alive on this machine, found by the tag in its environment, its
// main process, or its cgroup, and held against the rows.
//
//   alive, its attempt has ended                 ORPHAN: at the recorded end nothing was alive
//   alive, and there is no such attempt          GHOST, unless it is newer than the history
//   recorded as running, and nothing is alive    LIE, when it stays so for the lag of heartbeats
//
// Only this fleet's: other fleets of the machine have other tags. Processes whose environment may
// not be read (another user's) are found by pid and cgroup only.

#include <filesystem>
#include <functional>
#include <vector>

#include "audit/finding.h"
#include "audit/scene.h"

namespace takt::audit {

inline constexpr Duration kHeartbeatLag = std::chrono::seconds{2};  // delta

/// To be called after the history was read: what has ended there must be gone.
void judge_processes(const Scene& scene, const std::string& fleet_tag, Findings& findings);

/// Attempts that are recorded as running, of which nothing is alive. Suspects only: an end may be
/// on its way into the rows.
std::vector<Token> missing_trees(const Scene& scene);

/// Those of `suspects` that are still recorded as running in a later scene, and still missing.
void judge_missing(const Scene& later, const std::vector<Token>& suspects, Findings& findings);

}  // namespace takt::audit
