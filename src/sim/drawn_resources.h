#pragma once
// Drawn resources: pools, needs and priorities for the jobs of a fleet, drawn from dice. Every job can
// start at some time: what it uses is never more than its class may hold.

#include "core/spec.h"
#include "sim/random.h"

namespace takt::sim {

/// One to four pools, some with a reserve; most jobs use one, some several.
void draw_pools(core::FleetSpec& fleet, Random& dice);

/// Some jobs need jobs before them: chains, and diamonds.
void draw_needs(core::FleetSpec& fleet, Random& dice);

/// Both, and some critical jobs.
void draw_resources(core::FleetSpec& fleet, Random& dice);

/// Eight jobs on tight grids that fight for a few slots, and need one another. Many of them never come
/// to rest.
core::FleetSpec small_fleet(std::uint64_t seed);

/// Sixteen jobs over three pools: chains and diamonds of needs, wide and small requests, a reserve.
core::FleetSpec tight_fleet();

}  // namespace takt::sim
