#pragma once
// The file of `takt simulate --faults FILE`: a mix of faults in TOML. What it does not name is as in
// the default mix.
//
//   per_day = 14               faults a fleet-day
//   failure_chance = 0.005     of an attempt that no fault is meant for
//
//   [weight]                   cards in the deck: 2 is twice as often as 1, 0 is never
//   daemon_killed = 4
//   others = 0                 all kinds that are not named here
//
//   [limits]                   how bad
//   outage_max = "1h"
//
// Complaints are those of a fleet file: all of them, with file:line:column and the nearest name.

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "fleet/problem.h"
#include "sim/faults.h"

namespace takt::sim {

/// `file` is the name that complaints show.
std::expected<Mix, std::vector<fleet::Problem>> read_mix(std::string_view text,
                                                         const std::string& file);

}  // namespace takt::sim
