#pragma once
// Fleets for the simulator's own tests: small, quick, and with every policy in them.

#include <cstdint>
#include <string>
#include <vector>

#include "core/spec.h"
#include "sim/faults.h"

namespace takt::sim {

/// One job of every overlap, catch-up, delivery and schedule, with limits short enough to be met
/// often.
core::FleetSpec nasty_fleet();

/// Twelve jobs whose policies are drawn from the seed, with room for few of them at a time.
core::FleetSpec drawn_fleet(std::uint64_t seed);

/// 200 jobs that are all due at one instant every ten minutes, on a node that holds 30.
core::FleetSpec storm_fleet();

/// What a campaign of the nasty fleet must have seen: points of coverage.h.
std::vector<std::string> expected_coverage();

/// A fault every ten minutes.
Mix nasty_mix();

}  // namespace takt::sim
