#include "core/plan_grid.h"

#include <algorithm>
#include <limits>

namespace takt::core {
namespace {

// Far enough apart that many cells of one kind do not outweigh a few of the next, and small enough that
// no sum of them overflows: units above 2^20 count as that many.
constexpr std::int64_t kUnitsMax = 1 << 20;
constexpr std::int64_t kOver = 1 << 18;
constexpr std::int64_t kOverReserve = 1 << 14;
constexpr std::int64_t kAboveGoal = 1 << 11;
constexpr std::int64_t kTimeOver = std::int64_t{1} << 32;
constexpr std::int64_t kSquaredMax = 1 << 12;

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}
std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return -floor_div(-a, b); }

std::int64_t beyond(std::int64_t units, std::int64_t limit) {
  return std::min(std::max<std::int64_t>(units - limit, 0), kUnitsMax);
}
std::int64_t squared(std::int64_t units) {
  const std::int64_t few = std::min(units, kSquaredMax);
  return few * few;
}

std::int64_t cost(const PlanLane& lane, std::int64_t units, PlanAim aim) {
  if (aim == PlanAim::time_over) {
    const bool counts = units > lane.capacity && !lane.is_reserve;
    return (counts ? kTimeOver : 0) + squared(units);
  }
  const std::int64_t over = lane.is_reserve ? kOverReserve : kOver;
  return over * beyond(units, lane.capacity) + kAboveGoal * beyond(units, lane.goal) +
         squared(units);
}

/// How many runs back the oldest one lies that can still reach into the horizon.
std::int64_t runs_before(const ExpectedRuns& runs) {
  return ceil_div(runs.length.count(), runs.interval.count());
}

}  // namespace

void PlanBlock::move_to(Duration phase) { runs.first = phase - runs_before(runs) * runs.interval; }

PlanGrid::PlanGrid(std::vector<PlanLane> lanes, Duration horizon, Duration cell)
    : horizon_(horizon),
      cell_(cell),
      count_(ceil_div(horizon.count(), cell.count())),
      lanes_(std::move(lanes)),
      use_(lanes_.size(), std::vector<std::int64_t>(static_cast<std::size_t>(count_))) {}

PlanGrid::Cells PlanGrid::cells_of(Duration from, Duration until) const {
  return {floor_div(from.count(), cell_.count()), ceil_div(until.count(), cell_.count())};
}

void PlanGrid::change(const PlanBlock& block, int sign) {
  for_each_run(block.runs, horizon_, [&](Duration from, Duration until) {
    const Cells cells = cells_of(from, until);
    for (const PlanUnits& take : block.takes) {
      auto& use = use_[take.lane];
      for (std::int64_t at = cells.from; at < cells.until; ++at) {
        use[static_cast<std::size_t>(at)] += sign * take.units;
      }
    }
    steps_ += cells.until - cells.from;
  });
}

std::int64_t PlanGrid::price(const PlanBlock& block, PlanAim aim) {
  std::int64_t sum = 0;
  for_each_run(block.runs, horizon_, [&](Duration from, Duration until) {
    const Cells cells = cells_of(from, until);
    for (const PlanUnits& take : block.takes) {
      const PlanLane& lane = lanes_[take.lane];
      for (std::int64_t at = cells.from; at < cells.until; ++at) {
        const std::int64_t units = use_[take.lane][static_cast<std::size_t>(at)];
        sum += cost(lane, units + take.units, aim) - cost(lane, units, aim);
      }
    }
    steps_ += cells.until - cells.from;
  });
  return sum;
}

/// prices_[before + i] is the price of the cells [0, i); flat outside the horizon.
void PlanGrid::sum_prices(const PlanUnits& take, PlanAim aim, std::int64_t before,
                          std::int64_t after) {
  prices_.assign(static_cast<std::size_t>(before + count_ + after + 1), 0);
  const PlanLane& lane = lanes_[take.lane];
  std::int64_t sum = 0;
  auto out = prices_.begin() + before;
  // Neighbours are mostly alike.
  std::int64_t known = -1;
  std::int64_t price = 0;
  for (const std::int64_t units : use_[take.lane]) {
    *out++ = sum;
    if (units != known) {
      known = units;
      price = cost(lane, units + take.units, aim) - cost(lane, units, aim);
    }
    sum += price;
  }
  std::fill(out, prices_.end(), sum);
  steps_ += before + count_ + after;
}

PlanGrid::Choice PlanGrid::cheapest(const PlanBlock& block, PlanAim aim) {
  const std::int64_t interval = block.runs.interval.count();
  const std::int64_t length = block.runs.length.count();
  const std::int64_t cell = cell_.count();
  const std::int64_t phases = std::max<std::int64_t>(interval / cell, 1);
  const std::int64_t oldest = -runs_before(block.runs);
  const std::int64_t before = -floor_div(oldest * interval, cell);
  const std::int64_t after = phases + ceil_div(length, cell) + 2;

  costs_.assign(static_cast<std::size_t>(phases), 0);
  for (const PlanUnits& take : block.takes) {
    sum_prices(take, aim, before, after);
    for (std::int64_t run = oldest; run * interval < horizon_.count(); ++run) {
      const std::int64_t* begin = prices_.data() + before + floor_div(run * interval, cell);
      const std::int64_t* end = prices_.data() + before + ceil_div(run * interval + length, cell);
      for (std::int64_t phase = 0; phase < phases; ++phase) {
        costs_[static_cast<std::size_t>(phase)] += end[phase] - begin[phase];
      }
      steps_ += phases;
    }
  }
  const auto least = std::ranges::min_element(costs_);
  return {(least - costs_.begin()) * cell_, *least};
}

std::vector<PlanGrid::Cell> PlanGrid::crowded(bool above_goal) {
  std::vector<Cell> found;
  for (std::uint32_t lane = 0; lane < lanes_.size(); ++lane) {
    if (above_goal && lanes_[lane].is_reserve) continue;
    const std::int64_t limit = above_goal ? lanes_[lane].goal : lanes_[lane].capacity;
    for (std::size_t at = 0; at < use_[lane].size(); ++at) {
      if (use_[lane][at] > limit) found.push_back({lane, at});
    }
    steps_ += count_;
  }
  return found;
}

bool PlanGrid::touches(const PlanBlock& block, const Cell& cell) {
  ++steps_;
  const auto takes_it = [&](const PlanUnits& take) { return take.lane == cell.lane; };
  if (std::ranges::none_of(block.takes, takes_it)) return false;
  // The last run that begins before the cell's end.
  const Duration end = static_cast<std::int64_t>(cell.at + 1) * cell_ - Duration{1};
  const Duration into = positive_mod(end - block.runs.first, block.runs.interval);
  return into < block.runs.length + cell_;
}

}  // namespace takt::core
