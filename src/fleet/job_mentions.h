#pragma once
// Jobs that health checks name: checks are decoded before the jobs of all files are known, so each
// mention is kept with its place and held against them at the end.

#include <cstddef>
#include <string>
#include <vector>

#include "core/spec.h"
#include "fleet/complaints.h"
#include "fleet/position.h"

namespace takt::fleet {

struct JobMention {
  struct Param {
    std::string name;
    std::string value;  // in the spelling that the job receives
    Position name_at;
    Position at;
  };
  std::string job;
  Position at;
  std::size_t check;          // position in FleetSpec::health
  bool runs = false;          // a remedy, not a probe
  std::vector<Param> params;  // of a remedy
};

/// Errors for jobs that do not exist, for params that they do not take, and for remedies that run the
/// very job that measures the check. Unknown names are no mistake unless `all_known`.
void check_mentions(const std::vector<JobMention>& mentions, const std::vector<core::JobSpec>& jobs,
                    bool all_known, Complaints& complaints);

}  // namespace takt::fleet
