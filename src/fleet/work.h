#pragma once
// What a job does: a command of its own, or work that takt does itself. The keys are in work_keys.cpp;
// here is what can be said only when all keys of the job are known.

#include <vector>

#include "fleet/complaints.h"
#include "fleet/drafts.h"
#include "fleet/table_keys.h"

namespace takt::fleet {

/// Complains about a job at `header` without any work, and about `health` where it does not belong or
/// is missing. `entries` are the job's own keys: those that only a command has are warnings in a
/// builtin job. Of a builtin's command only its records are left.
void finish_work(const std::vector<Entry>& entries, Position header, JobDraft& draft,
                 Complaints& complaints);

}  // namespace takt::fleet
