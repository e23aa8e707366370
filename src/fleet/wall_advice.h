#pragma once
// Advice about wall-clock schedules: what is right as it stands and may still surprise.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "core/spec.h"

namespace takt::fleet {

/// One warning, to be told at the value of `key`.
struct WallAdvice {
  std::string_view key;
  std::string message;
  std::string hint;
};

/// Days of month and of week that add up or meet; slots that fall into a gap of the clock within a year
/// of `now`; an `at` that has passed. Without `now` only what no time changes.
std::vector<WallAdvice> advise_on_wall(const core::JobSpec& job, std::optional<WallTime> now);

}  // namespace takt::fleet
