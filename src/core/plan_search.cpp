#include "core/plan_search.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/stable_hash.h"

namespace takt::core {
namespace {

constexpr std::size_t kTakenOutMax = 8;
constexpr std::size_t kOthersTakenOut = 2;
constexpr int kFruitlessMax = 400;  // tries in a row, where no pool is over its slots

double load_of(const PlanBlock& block, const PlanProblem& problem) {
  std::int64_t units = 0;
  for (const PlanUnits& take : block.takes) units += take.units;
  return static_cast<double>(units) * expected_share(block.runs, problem.horizon);
}

class Search {
 public:
  explicit Search(PlanProblem& problem)
      : problem_(problem), grid_(problem.lanes, problem.horizon, problem.cell) {
    std::vector<double> loads;
    for (const PlanBlock& block : problem_.blocks) loads.push_back(load_of(block, problem_));
    for (std::size_t number = 0; number < problem_.blocks.size(); ++number) {
      if (problem_.blocks[number].is_movable) {
        movable_.push_back(number);
      } else {
        grid_.add(problem_.blocks[number]);
      }
    }
    std::ranges::stable_sort(movable_, std::greater{}, [&](std::size_t b) { return loads[b]; });
  }

  void run() {
    for (const std::size_t block : movable_) put_best(block, PlanAim::load);
    begun_at_ = grid_.steps();
    descend(PlanAim::load);
    rearrange();
    if (is_over()) descend(PlanAim::time_over);
  }

  void only_improve_time_over() {
    for (const std::size_t block : movable_) grid_.add(problem_.blocks[block]);
    begun_at_ = grid_.steps();
    descend(PlanAim::time_over);
  }

 private:
  bool has_steps() const { return grid_.steps() - begun_at_ < problem_.steps; }

  bool is_over() {
    const auto over = grid_.crowded(false);
    return std::ranges::any_of(
        over, [&](const PlanGrid::Cell& cell) { return !problem_.lanes[cell.lane].is_reserve; });
  }

  std::int64_t put_best(std::size_t number, PlanAim aim) {
    PlanBlock& block = problem_.blocks[number];
    const auto choice = grid_.cheapest(block, aim);
    block.move_to(choice.phase);
    grid_.add(block);
    return choice.price;
  }

  void descend(PlanAim aim) {
    for (bool moved = true; moved && has_steps();) {
      moved = false;
      for (const std::size_t number : movable_) {
        PlanBlock& block = problem_.blocks[number];
        grid_.remove(block);
        const auto choice = grid_.cheapest(block, aim);
        if (choice.price < grid_.price(block, aim)) {
          block.move_to(choice.phase);
          moved = true;
        }
        grid_.add(block);
        if (!has_steps()) break;
      }
    }
  }

  /// Another draw each time, the same in each search.
  std::size_t draw(std::size_t below) {
    return static_cast<std::size_t>(
        hash_below(stable_hash("plan", ++draws_), static_cast<std::int64_t>(below)));
  }

  void shuffle(std::vector<std::size_t>& numbers) {
    for (std::size_t i = numbers.size(); i > 1; --i) std::swap(numbers[i - 1], numbers[draw(i)]);
  }

  void rearrange() {
    int fruitless = 0;
    while (has_steps()) {
      auto crowded = grid_.crowded(false);
      const bool above_goal = crowded.empty();
      if (above_goal) crowded = grid_.crowded(true);
      if (crowded.empty()) return;
      const bool matters =
          !above_goal && std::ranges::any_of(crowded, [&](const PlanGrid::Cell& cell) {
            return !problem_.lanes[cell.lane].is_reserve;
          });
      if (!matters && fruitless >= kFruitlessMax) return;
      fruitless = try_another_order(crowded[draw(crowded.size())]) ? 0 : fruitless + 1;
    }
  }

  std::vector<std::size_t> choose_to_take_out(const PlanGrid::Cell& cell) {
    std::vector<std::size_t> chosen;
    for (const std::size_t number : movable_) {
      if (grid_.touches(problem_.blocks[number], cell)) chosen.push_back(number);
    }
    shuffle(chosen);
    if (chosen.size() > kTakenOutMax) chosen.resize(kTakenOutMax);
    for (std::size_t i = 0; i < kOthersTakenOut; ++i) {
      const std::size_t other = movable_[draw(movable_.size())];
      if (std::ranges::find(chosen, other) == chosen.end()) chosen.push_back(other);
    }
    shuffle(chosen);
    return chosen;
  }

  /// Whether that made something better; if it made something worse, it is undone.
  bool try_another_order(const PlanGrid::Cell& cell) {
    const auto chosen = choose_to_take_out(cell);
    std::vector<Duration> were;
    std::int64_t gained = 0;
    for (const std::size_t number : chosen) {
      PlanBlock& block = problem_.blocks[number];
      were.push_back(block.runs.first);
      grid_.remove(block);
      gained += grid_.price(block, PlanAim::load);
    }
    std::int64_t spent = 0;
    for (const std::size_t number : chosen) spent += put_best(number, PlanAim::load);
    if (spent <= gained) return spent < gained;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      PlanBlock& block = problem_.blocks[chosen[i]];
      grid_.remove(block);
      block.runs.first = were[i];
    }
    for (const std::size_t number : chosen) grid_.add(problem_.blocks[number]);
    return false;
  }

  PlanProblem& problem_;
  std::vector<std::size_t> movable_;  // the largest load first
  PlanGrid grid_;
  std::int64_t begun_at_ = 0;
  std::int64_t draws_ = 0;
};

/// Of each lane the one that stands for all that are connected with it by movable blocks.
std::vector<std::uint32_t> connected_lanes(const PlanProblem& problem) {
  std::vector<std::uint32_t> group(problem.lanes.size());
  std::iota(group.begin(), group.end(), 0U);
  const auto root = [&](std::uint32_t lane) {
    while (group[lane] != lane) lane = group[lane] = group[group[lane]];
    return lane;
  };
  for (const PlanBlock& block : problem.blocks) {
    if (!block.is_movable) continue;
    for (const PlanUnits& take : block.takes) {
      group[root(take.lane)] = root(block.takes.front().lane);
    }
  }
  for (std::uint32_t lane = 0; lane < group.size(); ++lane) group[lane] = root(lane);
  return group;
}

/// The part of `block` that lies in one part of the problem, taken over into that.
void put_into(PlanPart& part, const PlanBlock& block, std::size_t number, const PlanUnits& take) {
  if (part.blocks.empty() || part.blocks.back() != number) {
    part.blocks.push_back(number);
    part.problem.blocks.push_back(
        {.runs = block.runs, .takes = {}, .is_movable = block.is_movable});
  }
  part.problem.blocks.back().takes.push_back(take);
}

}  // namespace

std::vector<PlanPart> parts_of(const PlanProblem& problem) {
  const std::vector<std::uint32_t> group = connected_lanes(problem);
  std::vector<std::int64_t> movable(group.size());  // blocks, by group
  for (const PlanBlock& block : problem.blocks) {
    if (block.is_movable) ++movable[group[block.takes.front().lane]];
  }
  const std::int64_t all = std::accumulate(movable.begin(), movable.end(), std::int64_t{0});

  std::vector<PlanPart> parts;
  std::vector<std::size_t> part_of(group.size());
  std::vector<std::uint32_t> lane_in_part(group.size());
  for (std::uint32_t lane = 0; lane < group.size(); ++lane) {
    const std::int64_t members = movable[group[lane]];
    if (members == 0) continue;
    const bool is_first = part_of[group[lane]] == 0;
    if (is_first) {
      parts.push_back({.problem = {.horizon = problem.horizon,
                                   .cell = problem.cell,
                                   .lanes = {},
                                   .blocks = {},
                                   .steps = problem.steps / all * members},
                       .blocks = {},
                       .lanes = {}});
      part_of[group[lane]] = parts.size();  // from 1
    }
    PlanPart& part = parts[part_of[group[lane]] - 1];
    lane_in_part[lane] = static_cast<std::uint32_t>(part.lanes.size());
    part.lanes.push_back(lane);
    part.problem.lanes.push_back(problem.lanes[lane]);
  }
  for (std::size_t number = 0; number < problem.blocks.size(); ++number) {
    for (const PlanUnits& take : problem.blocks[number].takes) {
      const std::size_t part = part_of[group[take.lane]];
      if (part == 0) continue;
      put_into(parts[part - 1], problem.blocks[number], number,
               {lane_in_part[take.lane], take.units});
    }
  }
  return parts;
}

void search_phases(PlanProblem& problem) { Search(problem).run(); }

void improve_time_over(PlanProblem& problem) { Search(problem).only_improve_time_over(); }

}  // namespace takt::core
