#pragma once
// TuneHistory: what `takt tune` goes by: the rows in the fleet's database, or those of a
// simulation.

#include <cstdint>
#include <expected>

#include "base/time.h"
#include "cli/context.h"
#include "cli/failure.h"
#include "core/job_history.h"

namespace takt::cli {

/// Everything that is kept, whether or not a daemon runs. Exit 5 when the fleet has no history yet.
std::expected<core::JobHistories, Failure> stored_histories(Context& context);

/// A life of `length` without faults, from its first start on.
core::JobHistories simulated_histories(const core::FleetSpec& spec, Duration length,
                                       std::uint64_t seed);

}  // namespace takt::cli
