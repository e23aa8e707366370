#pragma once
// Plan for people: a table of the pools, the offsets that were chosen, what collides, and use over time
// drawn as a row of digits.
//
//   browser, 3 slots: the most in use within each 20m
//     as written  2132312352...
//                        ^          where that is above the slots
//     as planned  2222322222...
//                 0h00m             6h00m

#include <string>

#include "core/plan.h"
#include "core/spec.h"

namespace takt::cli {

std::string plan_text(const core::FleetSpec& spec, const core::FleetPlan& plan, bool color);

}  // namespace takt::cli
