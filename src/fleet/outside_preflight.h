#pragma once
// A look at the machine on behalf of health checks and contacts: programs, databases and password
// files that are not as they should be. All of it are warnings: it may be mended before it is needed.

#include "core/spec.h"
#include "fleet/complaints.h"
#include "fleet/machine.h"
#include "fleet/positions.h"

namespace takt::fleet {

void look_at_checks(const core::FleetSpec& spec, const Positions& where, Machine& machine,
                    Complaints& complaints);

void look_at_contacts(const core::FleetSpec& spec, const Positions& where, Machine& machine,
                      Complaints& complaints);

}  // namespace takt::fleet
