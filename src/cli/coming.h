#pragma once
// Coming: the slots that a fleet, a job or an expression will have. With a database in the state_dir the
// cursors and the epoch are its; without one the fleet is taken to start now.

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "cli/context.h"
#include "cli/failure.h"
#include "core/spec.h"

namespace takt::cli {

struct ComingSlot {
  std::string job;  // empty: of no job
  WallTime at;
  std::string local;   // what the job's clock shows then; empty where it has no zone
  std::string reason;  // what DST did to it; empty for most
};
/// In order of time.
using Coming = std::vector<ComingSlot>;

/// What the machine's clock says.
WallTime wall_clock();

/// The next `count` slots after `from` of one wall-clock schedule.
Coming coming_slots_of(const core::JobSpec& job, WallTime from, std::int64_t count);

/// The next `count` of the whole fleet, or of one job; after now, or after `from`. Exit 3 for an invalid
/// file, 4 for an unknown job.
std::expected<Coming, Failure> coming_of_fleet(Context& context, std::string_view job,
                                               std::optional<WallTime> from, std::int64_t count);

}  // namespace takt::cli
