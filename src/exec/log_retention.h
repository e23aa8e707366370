#pragma once
// How long logs are kept: the newest `keep_runs` runs of a job, and of those the ones younger than
// `keep_for`. Both limits hold at once.

#include <functional>
#include <string>

#include "base/time.h"

namespace takt::exec {

/// Deletes from a job's log folder what is kept no longer: regular files called
/// <run>-<attempt>.log, nothing else, beneath the folder itself, no symbolic link followed. Age
/// counts from the file's time of modification to `now`, both in fleet time. Files that `in_use`
/// names stay. Blocking. Returns how many were deleted; a missing folder is none.
int prune_logs(const std::string& folder, int keep_runs, Duration keep_for, WallTime now,
               const std::function<bool(const std::string& name)>& in_use = nullptr);

}  // namespace takt::exec
