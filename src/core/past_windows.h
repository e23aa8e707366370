#pragma once
// PastWindows: the history of a job cut at its successes. A window goes from one success to the
// next; it is healthy when nothing was wrong in it.

#include <optional>
#include <vector>

#include "base/time.h"
#include "core/job_history.h"

namespace takt::core {

struct PastWindow {
  std::optional<WallTime> from;        // the success before; none: the first
  WallTime until;                      // the end of this success
  std::optional<WallTime> owed_since;  // since when it was owed: the oldest slot without an answer
  Duration took{0};                    // the run that succeeded, retries included
  bool healthy = true;
};

/// In order of time, one for each run that ended ok.
std::vector<PastWindow> past_windows(const JobHistory& history);

}  // namespace takt::core
