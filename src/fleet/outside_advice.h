#pragma once
// Advice about health checks and contacts: what is right as it stands and will tell nobody anything.

#include "core/spec.h"
#include "fleet/complaints.h"
#include "fleet/positions.h"

namespace takt::fleet {

/// Warns about checks that no job measures, or too rarely for their `fresh`, and about probes and
/// remedies of jobs that do not run.
void advise_on_checks(const core::FleetSpec& spec, const Positions& where, Complaints& complaints);

/// Warns about contacts whom no job names.
void advise_on_contacts(const core::FleetSpec& spec, const Positions& where,
                        Complaints& complaints);

}  // namespace takt::fleet
