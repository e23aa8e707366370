#include "fleet/longest_pause.h"

#include "core/schedule.h"

namespace takt::fleet {

std::optional<Duration> longest_pause(const core::JobSpec& job) {
  const auto* after = std::get_if<core::After>(&job.schedule);
  return after != nullptr ? after->delay : core::longest_interval(job);
}

}  // namespace takt::fleet
