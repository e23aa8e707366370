#pragma once
// Longest pause between two slots of a job, for advice that holds a limit against it.

#include <optional>

#include "core/spec.h"

namespace takt::fleet {

/// For `after` without the run between them; none: it has no slots of its own. A search of a year for
/// cron.
std::optional<Duration> longest_pause(const core::JobSpec& job);

}  // namespace takt::fleet
