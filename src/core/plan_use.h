#pragma once
// Use of a pool over a horizon, exactly: a sweep over the beginnings and ends of all expected runs.
//
//   use   3 ┤      ┌──┐            over: the time above the slots
//   slots 2 ┤──────┤  ├────        peak: the most at any moment
//         1 ┤ ┌────┘  └──┐         collision: a stretch above the slots, and whose runs those are
//         0 ┼─┘          └──

#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "core/plan_runs.h"

namespace takt::core {

/// What one job does to one pool.
struct PoolLoad {
  JobIndex job = 0;
  int weight = 1;
  const ExpectedRuns* runs = nullptr;
};

/// From `at` on the use is `units`, until the next step.
struct UseStep {
  Duration at;
  std::int64_t units;
  friend bool operator==(const UseStep&, const UseStep&) = default;
};

/// The first step is at 0; neighbours differ. Times are counted from the horizon's start.
std::vector<UseStep> use_over_time(const std::vector<PoolLoad>& loads, Duration horizon);

struct UseFigures {
  std::int64_t peak = 0;
  Duration over{0};
  friend bool operator==(const UseFigures&, const UseFigures&) = default;
};
UseFigures figures_of(const std::vector<UseStep>& use, int slots, Duration horizon);

struct Collision {
  Duration from;
  Duration until;
  std::int64_t peak = 0;
  std::vector<JobIndex> jobs;  // that run meanwhile, in the order of `loads`
};

/// In order; at most `most` of them.
std::vector<Collision> collisions_of(const std::vector<UseStep>& use,
                                     const std::vector<PoolLoad>& loads, int slots,
                                     Duration horizon, std::size_t most);

/// A peak that no choice of offsets can go below: the average use over the horizon, rounded up, and at
/// least what the heaviest job holds by itself.
std::int64_t lower_bound_peak(const std::vector<PoolLoad>& loads, Duration horizon);

}  // namespace takt::core
