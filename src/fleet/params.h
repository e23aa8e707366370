#pragma once
// `params` of a job, decoded in param_keys.cpp.

#include "fleet/drafts.h"

namespace takt::fleet {

/// Stores the table of parameters, in the order of their names. Each has a type and a default that
/// fits it and its limits.
void decode_params(const Item& item, JobDraft& draft, Complaints& complaints);

}  // namespace takt::fleet
