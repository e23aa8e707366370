#pragma once
// Fleets for the simulator's own tests: small, quick, and with every policy in them.

#include "core/spec.h"
#include "sim/faults.h"

namespace takt::sim {

/// One job of every overlap, catch-up, delivery and schedule, with limits short enough to be met
/// often.
core::FleetSpec nasty_fleet();

/// A fault every ten minutes.
Mix nasty_mix();

}  // namespace takt::sim
