#include "core/plan_fleet.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace takt::core {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kCollisionsMax = 100;
constexpr std::int64_t kCellsMin = 512;
constexpr std::int64_t kCellsMax = 86'400;
constexpr std::int64_t kLooks = 4;  // at all phases of a job, that the steps should allow at least
constexpr std::int64_t kCellsOfARun = 4;

/// Lengths of a cell that divide what people write.
constexpr std::array kCells{
    Duration{1ms},   Duration{2ms},   Duration{5ms},   Duration{10ms},  Duration{20ms},
    Duration{50ms},  Duration{100ms}, Duration{200ms}, Duration{500ms}, Duration{1s},
    Duration{2s},    Duration{5s},    Duration{10s},   Duration{15s},   Duration{30s},
    Duration{1min},  Duration{2min},  Duration{5min},  Duration{10min}, Duration{15min},
    Duration{30min}, Duration{1h},    Duration{2h},    Duration{6h},    Duration{24h}};

/// As fine as the shortest run deserves, and as coarse as the work asks for.
Duration cell_for(Duration horizon, Duration shortest, std::int64_t movable, std::int64_t steps) {
  const std::int64_t cells = std::clamp(steps / (kLooks * movable), kCellsMin, kCellsMax);
  const auto* coarse = std::ranges::lower_bound(kCells, Duration{horizon.count() / cells});
  if (coarse == kCells.end()) return Duration{horizon.count() / cells};
  const auto* above = std::ranges::upper_bound(kCells, shortest / kCellsOfARun);
  return above == kCells.begin() ? *coarse : std::max(*coarse, *(above - 1));
}

bool has_grid(const JobSpec& job) {
  return std::holds_alternative<Every>(job.schedule) ||
         std::holds_alternative<EveryBetween>(job.schedule);
}

}  // namespace

/// Less is better.
struct Planner::Score {
  std::vector<Duration> over;                        // by pool
  std::tuple<Duration, Duration, std::int64_t> sum;  // time over, over what classes may have, peaks

  bool improves_on(const Score& other) const {
    return sum < other.sum && std::ranges::equal(over, other.over, std::less_equal{});
  }
};

Planner::Planner(const FleetSpec& spec, const Horizon& horizon,
                 const std::vector<Duration>& lengths)
    : spec_(spec), horizon_(horizon) {
  for (const PoolSpec& pool : spec.pools) lanes_.push_back({.capacity = pool.slots});
  for (PoolIndex pool = 0; pool < spec.pools.size(); ++pool) add_reserves(pool);
  users_.resize(lanes_.size());
  for (JobIndex i = 0; i < spec.jobs.size(); ++i) {
    const JobSpec& job = spec.jobs[i];
    if (job.enabled && !job.uses->empty()) add_job(i, lengths[i]);
  }
  for (PoolIndex pool = 0; pool < spec.pools.size(); ++pool) lanes_[pool].goal = lower_bound(pool);
}

void Planner::add_reserves(PoolIndex pool) {
  const PoolSpec& spec = spec_.pools[pool];
  for (std::size_t better = 0; better + 1 < kClasses; ++better) {
    if (spec.reserve[better] == 0) continue;
    const std::int64_t limit = spec.limit_for(static_cast<Priority>(better + 1));
    reserves_.push_back({pool, better});
    lanes_.push_back({.capacity = limit, .goal = limit, .is_reserve = true});
  }
}

void Planner::add_job(JobIndex index, Duration length) {
  const JobSpec& job = spec_.jobs[index];
  auto runs = expected_runs(job, length, horizon_);
  if (!runs) {
    unplanned_.push_back(index);
    return;
  }
  const bool can_move =
      has_grid(job) && runs->kind == ExpectedRuns::Kind::grid && runs->length < horizon_.length;
  const std::size_t at = jobs_.size();
  jobs_.push_back({index, *std::move(runs), offset_of(job), can_move});
  takes_.emplace_back();
  const auto take = [&](std::size_t lane, int weight) {
    takes_[at].push_back({static_cast<std::uint32_t>(lane), weight});
    users_[lane].emplace_back(at, weight);
  };
  for (const Use& use : *job.uses) {
    take(use.pool, use.weight);
    for (std::size_t r = 0; r < reserves_.size(); ++r) {
      const bool is_held_off = static_cast<std::size_t>(job.priority) > reserves_[r].better;
      if (reserves_[r].pool == use.pool && is_held_off) take(spec_.pools.size() + r, use.weight);
    }
  }
}

void Planner::set_offset(std::size_t at, Duration offset) {
  jobs_[at].runs.first += offset - jobs_[at].offset;
  jobs_[at].offset = offset;
}

/// Where its runs then begin, counted from the horizon's start, is `phase`, give or take whole intervals.
Duration Planner::offset_at(const Job& job, Duration phase) const {
  const Duration interval = job.runs.interval;
  if (!is_long(job)) return positive_mod(job.offset + phase - job.runs.first, interval);
  // It comes once in several horizons, and stays in the one where it is.
  const Duration moved = job.offset + phase - positive_mod(job.runs.first, horizon_.length);
  if (moved < Duration{0}) return moved + horizon_.length;
  return moved < interval ? moved : moved - horizon_.length;
}

/// Its runs as if they had always been there; those of one that comes once in several horizons in each.
ExpectedRuns Planner::usual_runs(const Job& job) const {
  if (!job.can_move) return job.runs;
  PlanBlock block{.runs = job.runs, .takes = {}};
  block.runs.interval = std::min(block.runs.interval, horizon_.length);
  block.move_to(block.phase());
  return block.runs;
}

PlanProblem Planner::problem_for(const std::vector<bool>& free, std::int64_t steps) const {
  PlanProblem problem{.horizon = horizon_.length, .lanes = lanes_, .blocks = {}, .steps = steps};
  Duration shortest = horizon_.length;
  std::int64_t movable = 1;
  for (std::size_t at = 0; at < jobs_.size(); ++at) {
    if (!free[at] || !jobs_[at].can_move) continue;
    shortest = std::min(shortest, jobs_[at].runs.length);
    ++movable;
  }
  problem.cell = cell_for(horizon_.length, shortest, movable, steps);
  for (std::size_t at = 0; at < jobs_.size(); ++at) {
    PlanBlock block{.runs = usual_runs(jobs_[at]), .takes = takes_[at]};
    block.is_movable = free[at] && jobs_[at].can_move && block.runs.interval >= problem.cell;
    problem.blocks.push_back(std::move(block));
  }
  return problem;
}

std::vector<PoolLoad> Planner::loads_of(std::size_t lane) const {
  std::vector<PoolLoad> loads;
  for (const auto& [at, weight] : users_[lane]) {
    loads.push_back({jobs_[at].job, weight, &jobs_[at].runs});
  }
  return loads;
}

Planner::Score Planner::score(const std::vector<std::uint32_t>& lanes) const {
  Score score;
  for (const std::uint32_t lane : lanes) {
    std::vector<ExpectedRuns> usual;
    usual.reserve(users_[lane].size());
    std::vector<PoolLoad> usual_loads;
    for (const auto& [at, weight] : users_[lane]) {
      usual.push_back(usual_runs(jobs_[at]));
      usual_loads.push_back({jobs_[at].job, weight, &usual.back()});
    }
    const auto figures = [&](const std::vector<PoolLoad>& loads) {
      return figures_of(use_over_time(loads, horizon_.length),
                        static_cast<int>(lanes_[lane].capacity), horizon_.length);
    };
    const UseFigures usually = figures(usual_loads);
    auto& [over, over_reserve, peaks] = score.sum;
    if (lanes_[lane].is_reserve) {
      over_reserve += usually.over;
      continue;
    }
    over += usually.over;
    peaks += usually.peak;
    score.over.push_back(figures(loads_of(lane)).over);
  }
  return score;
}

void Planner::take_over(const PlanPart& part) {
  for (std::size_t i = 0; i < part.blocks.size(); ++i) {
    const PlanBlock& block = part.problem.blocks[i];
    if (!block.is_movable) continue;
    const Job& job = jobs_[part.blocks[i]];
    set_offset(part.blocks[i], offset_at(job, block.phase()));
  }
}

void Planner::choose(const std::vector<bool>& free, std::int64_t steps) {
  for (PlanPart& part : parts_of(problem_for(free, steps))) {
    std::vector<Duration> before;
    for (const std::size_t at : part.blocks) before.push_back(jobs_[at].offset);
    const Score as_it_was = score(part.lanes);
    const auto is_better = [&] {
      take_over(part);
      if (score(part.lanes).improves_on(as_it_was)) return true;
      for (std::size_t i = 0; i < before.size(); ++i) set_offset(part.blocks[i], before[i]);
      return false;
    };
    PlanProblem unmoved = part.problem;
    search_phases(part.problem);
    if (is_better()) continue;
    // The search spreads the load, which can be over for longer, though by less.
    part.problem = std::move(unmoved);
    improve_time_over(part.problem);
    is_better();
  }
}

PoolOutlook Planner::outlook(PoolIndex pool) const {
  const auto loads = loads_of(pool);
  const int slots = spec_.pools[pool].slots;
  PoolOutlook outlook;
  outlook.use = use_over_time(loads, horizon_.length);
  outlook.figures = figures_of(outlook.use, slots, horizon_.length);
  outlook.collisions = collisions_of(outlook.use, loads, slots, horizon_.length, kCollisionsMax);
  return outlook;
}

std::int64_t Planner::lower_bound(PoolIndex pool) const {
  return lower_bound_peak(loads_of(pool), horizon_.length);
}

}  // namespace takt::core
