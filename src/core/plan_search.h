#pragma once
// Plan search: where on their grids the jobs of a fleet should begin, so that no pool is used beyond its
// slots, or for as little time as can be found. Pure and deterministic: the work is limited by a number
// of steps, not by a clock, and what looks random is a hash.
//
//   1  the largest load first, each where it costs least
//   2  each once more, among all others, until nothing gets better
//   3  while something is crowded: take out the jobs of one crowded moment and a few others, put them
//      back in another order, keep it if it is not worse
//   4  where a pool stays over its slots: each once more, for the least time over

#include <cstdint>
#include <vector>

#include "core/plan_grid.h"

namespace takt::core {

struct PlanProblem {
  Duration horizon{0};
  Duration cell{0};
  std::vector<PlanLane> lanes;
  std::vector<PlanBlock> blocks;
  std::int64_t steps = 0;  // of step 2 on; the first is always done
};

/// Moves the movable blocks. Where they were counts for nothing.
void search_phases(PlanProblem& problem);

/// Moves each to where the time over is least, again and again while that helps; from where they are.
void improve_time_over(PlanProblem& problem);

/// The lanes that some movable blocks touch, directly or over other movable blocks, and all blocks on
/// them: what is decided in one part does not matter to another.
struct PlanPart {
  PlanProblem problem;
  std::vector<std::size_t> blocks;   // their numbers in the whole
  std::vector<std::uint32_t> lanes;  // likewise
};

/// The parts of a problem that have something to move; each gets its share of the steps.
std::vector<PlanPart> parts_of(const PlanProblem& problem);

}  // namespace takt::core
