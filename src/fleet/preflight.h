#pragma once
// What is said about a valid fleet beyond its file: preflight looks at the machine, advise at
// values that are allowed and still make no sense together. Neither makes a file bad.
//
// Both take the Positions that were decoded with the spec, so that each problem has its place;
// without them (line 0) the messages still name the job.

#include <optional>
#include <vector>

#include "base/time.h"
#include "core/spec.h"
#include "fleet/positions.h"
#include "fleet/problem.h"

namespace takt::fleet {

/// Looks for each job's user, folder, env_file and program. A missing user or folder, or an
/// env_file that is missing or open to others, sets job.problem (the job is disabled with that
/// text, the others run) and is a warning; an old job.problem is replaced. A program that is not
/// found is a warning only, also that of `cleanup`, of a probe, a remedy or a contact: it may be there
/// by the time it is needed; likewise a database or a password_file. Reads the file system and the user
/// database.
std::vector<Problem> preflight(core::FleetSpec& spec, const Positions& where = {});

/// Warnings about thresholds that would always fire, or never, about needs and uses that keep a job
/// from starting, about checks that nobody measures and contacts whom nobody names, and about wall-clock
/// schedules: slots in a DST gap are looked for in the year after `now`, without it not at all. Pure.
std::vector<Problem> advise(const core::FleetSpec& spec, const Positions& where = {},
                            std::optional<WallTime> now = {});

}  // namespace takt::fleet
