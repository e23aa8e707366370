#pragma once
// From [defaults] and [job.NAME] to JobSpecs: a copy of the defaults' draft, the job's own keys
// over it, and then what can be said only when all keys are known (schedule, retries, what is
// missing).

#include <string>
#include <vector>

#include "fleet/complaints.h"
#include "fleet/drafts.h"
#include "fleet/positions.h"
#include "fleet/toml.h"

namespace takt::fleet {

/// The draft that every job of this fleet begins with, without [defaults]. It refers to `fleet`.
JobDraft empty_job_draft(FleetDraft& fleet);

/// [defaults] into the draft that jobs begin with.
void decode_defaults(const toml::table& table, JobDraft& draft, Positions& where,
                     Complaints& complaints);

/// All entries of the table `job`, in the order of the file.
std::vector<core::JobSpec> decode_jobs(const toml::table& jobs, const JobDraft& defaults,
                                       Positions& where, Complaints& complaints);

}  // namespace takt::fleet
