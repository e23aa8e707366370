#pragma once
// TimeSpan: durations as systemd writes them: "1h 30min", "90", "2weeks", "1.5h", "infinity".

#include <optional>
#include <string_view>

#include "base/time.h"

namespace takt::imports {

/// In whole milliseconds, less are cut off; a number without a unit is in seconds. "infinity" is
/// kDurationMax, and so is anything longer. nullopt: it is none.
std::optional<Duration> parse_time_span(std::string_view text);

}  // namespace takt::imports
