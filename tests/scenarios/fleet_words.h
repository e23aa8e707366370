#pragma once
// The fleet of a scenario file, in its own few words (not TOML, which is another floor's):
//
//   fleet max_running=1 speed=60
//   job posting every=5m offset=0s retries=3 overlap=queue param=count:int:3:1:10
//
//   job nightly cron=30_2_*_*_* zone=1d2h>1h     the zone's offset changes to 1 h, 26 hours after the start
//   job once at=3h                               3 hours after the start of the scenario
//
// Keys are those of FLEET.md; nothing is defaulted differently from core/spec.h.

#include <string>
#include <vector>

#include "core/spec.h"

namespace takt::scenarios {

/// `words` after "job": the name, then key=value. Throws std::invalid_argument for what is unknown.
core::JobSpec job_of(const core::FleetSpec& fleet, const std::vector<std::string>& words);

/// A pool from "name slots=3 reserve=P0:1".
core::PoolSpec pool_of(const std::vector<std::string>& words);

/// `words` after "fleet"; returns the speed (1 unless given).
double read_fleet(core::FleetSpec& fleet, const std::vector<std::string>& words);

/// A duration with an optional sign, "+5m", "-1h".
Duration signed_duration(const std::string& text);

}  // namespace takt::scenarios
