#pragma once
// `needs` of a job: decoded one job at a time, then held against each other when all jobs of all files
// are known.

#include <optional>
#include <vector>

#include "core/spec.h"
#include "fleet/complaints.h"
#include "fleet/drafts.h"
#include "fleet/positions.h"

namespace takt::fleet {

/// One entry of the list, while its keys are being decoded.
struct NeedDraft {
  core::Need need;
  std::optional<Position> job_at;  // of the value of `job`
  bool has_job = false;            // rightly or wrongly
};
inline core::Need& part(NeedDraft& draft, const core::Need*) { return draft.need; }

/// Stores the list, and where each need stands. A job that is named twice is an error here.
void decode_needs(const Item& item, JobDraft& draft, Complaints& complaints);

/// Errors for needs of jobs that do not exist, of the job itself, and for those that close a circle:
/// without the needs that are blamed for one there is none. Unknown names are no mistake unless
/// `all_known`. Linear in jobs and needs, and no deeper for a long chain.
void check_needs(const std::vector<core::JobSpec>& jobs, const core::Needs& of_defaults,
                 bool all_known, const Positions& where, Complaints& complaints);

}  // namespace takt::fleet
