#pragma once
// TimerSchedule: the [Timer] section as schedules of takt's, each for a job of its own.
//
//   OnCalendar=                       cron, or at            Persistent=           catchup
//   OnUnitActiveSec=                  every                  RandomizedDelaySec=   jitter
//     with On{Boot,Startup,Active}Sec=  its offset
//   OnUnitInactiveSec=                after                  anything else         a remark

#include <string>
#include <vector>

#include "fleet/complaints.h"
#include "fleet/timezone.h"
#include "imports/fleet_text.h"
#include "imports/unit_file.h"

namespace takt::imports {

struct TimerSchedule {
  std::vector<KeyLine> keys;  // none: nothing that has an equal
  std::vector<std::string> remarks;
};

/// At least one; `machine_zone` is where expressions without a zone live.
std::vector<TimerSchedule> timer_schedules(const Unit& timer, const std::string& machine_zone,
                                           fleet::Zones& zones, fleet::Complaints& complaints);

}  // namespace takt::imports
