#pragma once
// Explain: `why` for a run that is over. While a run lives the coordinator answers; afterwards its
// row does, with the gates that were stored when it did not start at once. Nothing is decided here
// again.

#include "core/view.h"
#include "ports/history.h"

namespace takt::api {

/// What became of `run` and why, in one sentence, with its stored gates. Total over all rows, also
/// of runs that have not ended (a daemon that is down: their last known state). Pure; any thread.
core::WhyView explain(const ports::RunWithAttempts& run);

}  // namespace takt::api
