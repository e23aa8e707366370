#pragma once
// Planned: the fleet as `takt up` would run it, and what a plan has to say about it.

#include <expected>
#include <vector>

#include "cli/context.h"
#include "cli/failure.h"
#include "core/spec.h"
#include "fleet/positions.h"
#include "fleet/problem.h"

namespace takt::cli {

/// Fills in the offsets that are "auto": kept ones where the fleet has a database, else those that the
/// first start would choose. Nothing is kept by that. What hinders it is said on `err`.
void settle_offsets(core::FleetSpec& spec, Console& console);

/// The fleet file with settled offsets. Exit 3 for an invalid one.
std::expected<core::FleetSpec, Failure> planned_spec(Context& context);

/// Warnings about pools whose expected use is above their slots within the next day, with the settled
/// offsets of `spec`; each at the `uses` of the first job of the worst moment.
std::vector<fleet::Problem> collision_warnings(const core::FleetSpec& spec,
                                               const fleet::Positions& where);

}  // namespace takt::cli
