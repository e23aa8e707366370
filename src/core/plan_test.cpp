#include "core/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <chrono>

#include "core/plan_fleets_for_test.h"

namespace takt::core {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

std::map<std::string, Duration> planned_by_name(const FleetSpec& fleet, const FleetPlan& plan) {
  std::map<std::string, Duration> offsets;
  for (const auto& offset : plan.offsets) offsets[fleet.jobs[offset.job].name] = offset.planned;
  return offsets;
}

TEST(Plan, TheExampleFleetIsOverAsWrittenAndNeverAsPlanned) {
  const FleetSpec fleet = social_bot();
  const FleetPlan plan = make_plan(fleet, request_for(fleet));
  ASSERT_EQ(plan.pools.size(), 1U);
  EXPECT_GT(plan.pools[0].as_written.figures.over, 45min);
  EXPECT_LT(plan.pools[0].as_written.figures.over, 90min);
  EXPECT_EQ(plan.pools[0].planned.figures.over, 0ms);
  EXPECT_LE(plan.pools[0].planned.figures.peak, 3);
  EXPECT_TRUE(plan.pools[0].planned.collisions.empty());
  EXPECT_EQ(plan.offsets.size(), fleet.jobs.size());
}

TEST(Plan, OnlyOffsetsThatAreAutoAreApplied) {
  FleetSpec fleet =
      fleet_of(1, {every("written", 10min, 2min, 3min), every("auto", 10min, {}, 3min)});
  const FleetPlan plan = make_plan(fleet, request_for(fleet));
  apply_offsets(fleet, chosen_offsets(fleet, plan));
  EXPECT_EQ(offset_of(fleet.jobs[0]), 2min);
  EXPECT_EQ(offset_of(fleet.jobs[1]), plan.offsets[1].planned);
  EXPECT_EQ(plan.pools[0].planned.figures.over, 0ms);
}

TEST(Plan, AnAutoOffsetIsPutAroundAWrittenOne) {
  FleetSpec fleet =
      fleet_of(1, {every("written", 10min, 2min, 5min), every("auto", 10min, {}, 5min)});
  apply_offsets(fleet, choose_offsets(fleet, request_for(fleet)));
  const auto outlook =
      pool_outlook(fleet, {TimeLine{kEpoch}, kEpoch + 24h, 24h}, lengths_of(fleet));
  EXPECT_EQ(outlook[0].figures.over, 0ms);
  EXPECT_EQ(offset_of(fleet.jobs[0]), 2min);
}

TEST(Plan, JobsWithoutPoolsAndThoseThatFitAlreadyStayWhereTheyAre) {
  const FleetSpec fleet =
      fleet_of(1, {every("free", 10min, {}, 9min, {}), every("fits", 10min, 3min, 5min)});
  const FleetPlan plan = make_plan(fleet, request_for(fleet));
  EXPECT_EQ(plan.offsets[0].planned, offset_of(fleet.jobs[0]));
  EXPECT_FALSE(plan.offsets[0].is_chosen);
  EXPECT_EQ(plan.offsets[1].planned, 3min);
}

TEST(Plan, WhatWasKeptForAnotherScheduleCountsForNothing) {
  FleetSpec fleet = fleet_of(1, {every("a", 10min, {}, 1min)});
  const KeptOffsets kept{{"a", {"every 20m", 17min}}};
  EXPECT_TRUE(lacks_offsets(fleet, kept));
  apply_offsets(fleet, kept);
  EXPECT_EQ(offset_of(fleet.jobs[0]), offset_of(every("a", 10min, {}, 1min)));
  const KeptOffsets good{{"a", {"every 10m", 7min}}};
  EXPECT_FALSE(lacks_offsets(fleet, good));
  apply_offsets(fleet, good);
  EXPECT_EQ(offset_of(fleet.jobs[0]), 7min);
}

TEST(Plan, AReplanMayMoveWhatWasKept) {
  const FleetSpec fleet = fleet_of(1, {every("a", 10min, {}, 4min), every("b", 10min, {}, 4min)});
  PlanRequest request = request_for(fleet);
  request.kept = {{"a", {"every 10m", 1min}}, {"b", {"every 10m", 2min}}};
  EXPECT_GT(make_plan(fleet, request).pools[0].planned.figures.over, 0ms);
  request.replan = true;
  EXPECT_EQ(make_plan(fleet, request).pools[0].planned.figures.over, 0ms);
}

TEST(Plan, ARangeIsPlannedByItsMeanInterval) {
  JobSpec range = every("range", 1h, {}, 20min);
  range.schedule = EveryBetween{50min, 70min, std::nullopt};
  FleetSpec fleet = fleet_of(1, {range, every("grid", 1h, 0min, 30min)});
  EXPECT_EQ(planned_for(range), "every 50m..1h10m");
  EXPECT_EQ(make_plan(fleet, request_for(fleet)).pools[0].planned.figures.over, 0ms);
}

TEST(Plan, JobsAfterAnEndAndByHandAreNamedAndNotPlanned) {
  JobSpec after = every("after", 1h, {}, 1min);
  after.schedule = After{10min};
  JobSpec manual = every("manual", 1h, {}, 1min);
  manual.schedule = Manual{};
  const FleetSpec fleet = fleet_of(1, {after, manual, every("grid", 1h, 0min, 1min)});
  const FleetPlan plan = make_plan(fleet, request_for(fleet));
  EXPECT_THAT(plan.unplanned, ElementsAre(0U, 1U));
  EXPECT_EQ(plan.offsets.size(), 1U);
}

TEST(Plan, TheReserveOfAClassIsLeftAloneWhereThatCanBe) {
  JobSpec high = every("high", 10min, 0min, 5min);
  high.priority = Priority::P0;
  FleetSpec fleet = fleet_of(3, {high, every("a", 10min, {}, 5min), every("b", 10min, {}, 5min),
                                 every("c", 10min, {}, 5min)});
  fleet.pools[0].reserve[0] = 1;
  apply_offsets(fleet, choose_offsets(fleet, request_for(fleet)));
  FleetSpec low = fleet;
  low.jobs.erase(low.jobs.begin());
  low.pools[0].slots = 2;
  EXPECT_EQ(
      pool_outlook(low, {TimeLine{kEpoch}, kEpoch + 24h, 24h}, lengths_of(low))[0].figures.over,
      0ms);
}

TEST(Plan, AWeeklyJobCountsByItsPlaceInADay) {
  const FleetSpec fleet =
      fleet_of(1, {every("daily", 24h, 2h, 3h), every("weekly", 7 * 24h, 3 * 24h + 1h, 3h)});
  const FleetPlan plan = make_plan(fleet, request_for(fleet));
  FleetSpec planned = fleet;
  std::get<Every>(planned.jobs[1].schedule).offset = plan.offsets[1].planned;
  std::get<Every>(planned.jobs[0].schedule).offset = plan.offsets[0].planned;
  const Horizon week{TimeLine{kEpoch}, kEpoch + 7 * 24h, 7 * 24h};
  EXPECT_GT(pool_outlook(fleet, week, lengths_of(fleet))[0].figures.over, 0ms);
  EXPECT_EQ(pool_outlook(planned, week, lengths_of(planned))[0].figures.over, 0ms);
}

TEST(Plan, NoPoolsNoJobsNoTrouble) {
  const FleetSpec empty;
  const FleetPlan plan = make_plan(empty, request_for(empty));
  EXPECT_TRUE(plan.pools.empty());
  EXPECT_TRUE(plan.offsets.empty());
  const FleetSpec unused = fleet_of(0, {});
  EXPECT_EQ(make_plan(unused, request_for(unused)).pools[0].planned.figures, UseFigures{});
}

TEST(Plan, AHorizonThatTakesTooManyRunsIsShortened) {
  FleetSpec fleet = fleet_of(1000, {});
  for (int i = 0; i < 5000; ++i) fleet.jobs.push_back(every("j" + std::to_string(i), 10s, {}, 1s));
  const auto lengths = lengths_of(fleet);
  const Duration length = bearable_length(fleet, lengths, 24h);
  EXPECT_LT(length, 2h);
  EXPECT_GT(length, 30min);
  EXPECT_EQ(bearable_length(social_bot(), lengths_of(social_bot()), 24h), 24h);
}

RC_GTEST_PROP(PlanLaws, TheSameFleetHasTheSamePlan, ()) {
  const FleetSpec fleet = *random_fleet();
  const PlanRequest request = request_for(fleet);
  const FleetPlan one = make_plan(fleet, request);
  const FleetPlan other = make_plan(fleet, request);
  RC_ASSERT(planned_by_name(fleet, one) == planned_by_name(fleet, other));
}

RC_GTEST_PROP(PlanLaws, NoPoolIsOverForLongerThanAsWritten, ()) {
  const FleetSpec fleet = *random_fleet();
  PlanRequest request = request_for(fleet);
  request.now += std::chrono::hours{*rc::gen::inRange(0, 100)};
  for (const PoolPlan& pool : make_plan(fleet, request).pools) {
    RC_ASSERT(pool.planned.figures.over <= pool.as_written.figures.over);
    RC_ASSERT(pool.lower_bound_peak <= pool.planned.figures.peak);
  }
}

RC_GTEST_PROP(PlanLaws, AFurtherJobMovesNoOther, ()) {
  FleetSpec fleet = *random_fleet();
  const FleetPlan before = make_plan(fleet, request_for(fleet));
  PlanRequest request = request_for(fleet);
  request.kept = chosen_offsets(fleet, before);
  JobSpec further = *random_job(static_cast<int>(fleet.pools.size()));
  further.name = "further";
  const auto place = *rc::gen::inRange<std::size_t>(0, fleet.jobs.size() + 1);
  FleetSpec longer = fleet;
  longer.jobs.insert(longer.jobs.begin() + static_cast<std::ptrdiff_t>(place), further);
  request.lengths = lengths_of(longer);
  auto after = planned_by_name(longer, make_plan(longer, request));
  after.erase("further");
  RC_ASSERT(after == planned_by_name(fleet, before));
}

RC_GTEST_PROP(PlanLaws, WhatIsChosenAtLoadIsWhatThePlanShows, ()) {
  const FleetSpec fleet = *random_fleet();
  const PlanRequest request = request_for(fleet);
  const FleetPlan plan = make_plan(fleet, request);
  const auto shown = chosen_offsets(fleet, plan);
  for (const auto& [job, chosen] : choose_offsets(fleet, request)) {
    RC_ASSERT(shown.at(job) == chosen);
  }
}

}  // namespace
}  // namespace takt::core
