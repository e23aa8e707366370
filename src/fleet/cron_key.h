#pragma once
// cron and the keys beside it: from a job's CronDraft to its schedule.

#include "fleet/complaints.h"
#include "fleet/drafts.h"

namespace takt::fleet {

/// Makes draft.when of a cron text, or complains at the character that is wrong. A key of the job
/// itself that only cron reads is a mistake without one, unless the schedule is wrong anyway.
void finish_cron(JobDraft& draft, Complaints& complaints);

/// A wrong expression in [defaults] is told once, here, and not again by each job.
void check_cron_of_defaults(JobDraft& draft, Complaints& complaints);

}  // namespace takt::fleet
