#pragma once
// Told: what takt says to an attempt about itself. A job that somebody runs by hand is told nothing,
// and nothing goes wrong with it on purpose.

#include <cstdint>
#include <optional>
#include <string>

#include "desk/fleet_time.h"

namespace bot::chaos {

struct Told {
  std::string job;
  std::int64_t run = 0;
  int attempt = 1;
  Time now;                  // fleet time at the attempt's start
  std::optional<Time> slot;  // the slot it is for; none for recovery, health, manual ... runs
};

/// TAKT_JOB, TAKT_RUN_ID, TAKT_ATTEMPT, TAKT_NOW, TAKT_SLOT; nullopt without the first three.
/// Throws Failed when one is malformed.
std::optional<Told> told_by_takt();

}  // namespace bot::chaos
