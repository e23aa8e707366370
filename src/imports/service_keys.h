#pragma once
// ServiceKeys: a .service as the keys of a job: its command, user, folder, environment and limits.
// What a job has no key for is a remark, so that nothing is lost in silence.

#include "fleet/complaints.h"
#include "imports/fleet_text.h"
#include "imports/unit_file.h"

namespace takt::imports {

/// Adds to `job`. false: it has no command, so there is no job in it.
bool add_service(const Unit& service, JobText& job, fleet::Complaints& complaints);

}  // namespace takt::imports
