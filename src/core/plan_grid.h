#pragma once
// Plan grid: how much of each pool is in use, in cells of equal length, and what it would cost to put a
// job's runs at each possible phase. The place where a plan spends its time.
//
//   cells      |0|0|1|1|1|0|0|2|2|0|...     units in use
//   prices     of one more unit in each cell; summed from the left, a run costs a subtraction
//
// A run fills each cell that it touches, so what the grid calls free is free. Costs are whole numbers
// without a unit: what is above the capacity weighs most, then what is above the goal, then squares,
// which spread the rest.

#include <cstdint>
#include <vector>

#include "base/time.h"
#include "core/plan_runs.h"

namespace takt::core {

/// What is measured against a number: a pool, or what a class may have of it.
struct PlanLane {
  std::int64_t capacity = 0;
  std::int64_t goal = 0;    // no peak needs to be above it
  bool is_reserve = false;  // weighs less than a pool: who lacks it only waits
};

struct PlanUnits {
  std::uint32_t lane = 0;
  std::int64_t units = 1;
};

/// A job on the grid: its runs, for ever before and after, and what each takes.
struct PlanBlock {
  ExpectedRuns runs;
  std::vector<PlanUnits> takes;
  bool is_movable = false;  // a grid of at least one cell, not longer than the horizon

  Duration phase() const { return positive_mod(runs.first, runs.interval); }
  /// The first run is then the oldest that can reach into the horizon.
  void move_to(Duration phase);
};

/// What is to be made little.
enum class PlanAim { load, time_over };

class PlanGrid {
 public:
  PlanGrid(std::vector<PlanLane> lanes, Duration horizon, Duration cell);

  void add(const PlanBlock& block) { change(block, 1); }
  void remove(const PlanBlock& block) { change(block, -1); }

  /// What adding `block`, which is not in the grid, would cost where it is.
  std::int64_t price(const PlanBlock& block, PlanAim aim);

  struct Choice {
    Duration phase;
    std::int64_t price;
  };
  /// The cheapest phase at a whole number of cells, the earliest of those; `block` is movable and not in
  /// the grid.
  Choice cheapest(const PlanBlock& block, PlanAim aim);

  struct Cell {
    std::uint32_t lane = 0;
    std::size_t at = 0;
  };
  /// The cells above their capacity; where there are none (`above_goal`) those above their goal.
  std::vector<Cell> crowded(bool above_goal);
  bool touches(const PlanBlock& block, const Cell& cell);

  /// Cells looked at so far: what the work is measured in.
  std::int64_t steps() const { return steps_; }

 private:
  struct Cells {
    std::int64_t from;
    std::int64_t until;
  };
  Cells cells_of(Duration from, Duration until) const;
  void change(const PlanBlock& block, int sign);
  void sum_prices(const PlanUnits& take, PlanAim aim, std::int64_t before, std::int64_t after);

  Duration horizon_;
  Duration cell_;
  std::int64_t count_;
  std::vector<PlanLane> lanes_;
  std::vector<std::vector<std::int64_t>> use_;  // by lane, by cell
  std::vector<std::int64_t> prices_;            // summed; some cells before and after the horizon
  std::vector<std::int64_t> costs_;
  std::int64_t steps_ = 0;
};

}  // namespace takt::core
