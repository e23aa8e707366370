#include "core/plan_grid.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>

namespace takt::core {
namespace {

using namespace std::chrono_literals;

constexpr Duration kHour = 1h;
constexpr Duration kCell = 1min;

PlanBlock block(Duration interval, Duration phase, Duration length, std::vector<PlanUnits> takes) {
  PlanBlock made{.runs = {.kind = ExpectedRuns::Kind::grid, .length = length, .interval = interval},
                 .takes = std::move(takes),
                 .is_movable = true};
  made.move_to(phase);
  return made;
}

rc::Gen<PlanBlock> random_block() {
  return rc::gen::exec([] {
    const Duration interval{*rc::gen::inRange<std::int64_t>(60'000, 3'600'000)};
    const Duration length{*rc::gen::inRange<std::int64_t>(1, 3'600'000)};
    const Duration phase{*rc::gen::inRange<std::int64_t>(0, interval.count())};
    std::vector<PlanUnits> takes{{0, *rc::gen::inRange(1, 4)}};
    if (*rc::gen::arbitrary<bool>()) takes.push_back({1, *rc::gen::inRange(1, 3)});
    return block(interval, phase, length, takes);
  });
}

RC_GTEST_PROP(PlanGrid, TheCheapestPhaseIsTheCheapestOfAll, ()) {
  PlanGrid grid({{.capacity = 3, .goal = 2}, {.capacity = 1, .goal = 1, .is_reserve = true}}, kHour,
                kCell);
  for (int i = 0; i < 5; ++i) grid.add(*random_block());
  PlanBlock tried = *random_block();
  const auto aim = *rc::gen::element(PlanAim::load, PlanAim::time_over);
  const auto choice = grid.cheapest(tried, aim);
  for (Duration phase{0}; phase < tried.runs.interval - kCell; phase += kCell) {
    tried.move_to(phase);
    const auto price = grid.price(tried, aim);
    RC_ASSERT(price >= choice.price);
    RC_ASSERT(phase != choice.phase || price == choice.price);
  }
}

RC_GTEST_PROP(PlanGrid, WhatIsTakenOutLeavesNothingBehind, ()) {
  PlanGrid grid({{.capacity = 0}, {.capacity = 0}}, kHour, kCell);
  const PlanBlock some = *random_block();
  grid.add(some);
  RC_ASSERT(!grid.crowded(false).empty());
  grid.remove(some);
  RC_ASSERT(grid.crowded(false).empty());
}

TEST(PlanGrid, ARunFillsEachCellThatItTouches) {
  PlanGrid grid({{.capacity = 0}}, kHour, kCell);
  const PlanBlock some = block(1h, 90s, 61s, {{0, 1}});
  grid.add(some);
  const auto crowded = grid.crowded(false);
  ASSERT_EQ(crowded.size(), 2U);
  EXPECT_EQ(crowded[0].at, 1U);
  EXPECT_EQ(crowded[1].at, 2U);
  EXPECT_TRUE(grid.touches(some, crowded[0]));
  EXPECT_TRUE(grid.touches(some, crowded[1]));
  EXPECT_FALSE(grid.touches(some, {0, 10}));
}

TEST(PlanGrid, ARunThatReachesOverTheEndIsThereAtTheBeginning) {
  PlanGrid grid({{.capacity = 0}}, kHour, kCell);
  grid.add(block(1h, 59min, 2min, {{0, 1}}));
  const auto crowded = grid.crowded(false);
  ASSERT_EQ(crowded.size(), 2U);
  EXPECT_EQ(crowded[0].at, 0U);
  EXPECT_EQ(crowded[1].at, 59U);
}

}  // namespace
}  // namespace takt::core
