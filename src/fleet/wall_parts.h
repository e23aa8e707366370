#pragma once
// WallParts: what the wall-clock schedules of one load share, so that 100,000 jobs cost one zone and
// few rules: each zone file is read once, and equal rules are one object.

#include <memory>
#include <string>
#include <unordered_map>

#include "core/cron_slots.h"
#include "fleet/timezone.h"

namespace takt::fleet {

class WallParts {
 public:
  Zones& zones() { return zones_; }

  /// The rule itself, or the equal one that is there already.
  std::shared_ptr<const core::CronRule> share(core::CronRule rule);

 private:
  Zones zones_;
  std::unordered_map<std::string, std::shared_ptr<const core::CronRule>> rules_;
};

}  // namespace takt::fleet
