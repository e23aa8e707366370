#pragma once
// `env` of a job: names and values that the kernel and every shell take, never one of takt's own.

#include "fleet/drafts.h"

namespace takt::fleet {

/// Stores the table as the job's environment, in the order of the names. Names are
/// [A-Za-z_][A-Za-z0-9_]* and do not begin with TAKT_; values are strings without NUL.
void decode_environment(const Item& item, JobDraft& draft, Complaints& complaints);

}  // namespace takt::fleet
