#include "core/plan_use.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>

#include "core/plan_fleets_for_test.h"

namespace takt::core {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

const Horizon kDay{TimeLine{kEpoch}, kEpoch, 24h};

/// One job's share in the use at each moment.
void add_slots(std::vector<std::int64_t>& use, const JobSpec& job, int weight,
               const Horizon& horizon, Duration moment) {
  const Instant end = horizon.from + horizon.length;
  for (auto slot = first_slot(job, horizon.line, horizon.line.epoch, 0); slot && slot->due < end;
       slot = next_slot(job, horizon.line, *slot)) {
    for (Instant at = slot->due; at < slot->due + *job.expect; at += moment) {
      if (at < horizon.from || at >= end) continue;
      use[static_cast<std::size_t>((at - horizon.from) / moment)] += weight;
    }
  }
}

/// Use at each moment of a horizon, by asking every slot of every job: slow, and plainly right.
std::vector<std::int64_t> brute_force(const FleetSpec& fleet, PoolIndex pool,
                                      const Horizon& horizon, Duration moment) {
  std::vector<std::int64_t> use(static_cast<std::size_t>(horizon.length / moment));
  for (const JobSpec& job : fleet.jobs) {
    for (const Use& taken : *job.uses) {
      if (taken.pool == pool) add_slots(use, job, taken.weight, horizon, moment);
    }
  }
  return use;
}

RC_GTEST_PROP(PlanUse, IsWhatABruteForceSweepFinds, ()) {
  FleetSpec fleet = *random_fleet();
  for (JobSpec& job : fleet.jobs) {  // on whole minutes, so that a moment can be a minute
    auto& every = std::get<Every>(job.schedule);
    every.offset = std::chrono::floor<std::chrono::minutes>(every.offset.value_or(3min));
    job.expect = std::chrono::ceil<std::chrono::minutes>(*job.expect);
    if (*job.expect >= every.interval) job.overlap = Overlap::allow;
    job.jitter = 0ms;
  }
  const Horizon horizon{TimeLine{kEpoch}, kEpoch + std::chrono::hours{*rc::gen::inRange(0, 50)},
                        24h};
  const auto outlook = pool_outlook(fleet, horizon, lengths_of(fleet));
  for (PoolIndex pool = 0; pool < fleet.pools.size(); ++pool) {
    const auto use = brute_force(fleet, pool, horizon, 1min);
    const auto over = std::ranges::count_if(
        use, [&](std::int64_t units) { return units > fleet.pools[pool].slots; });
    RC_ASSERT(outlook[pool].figures.over == over * Duration{1min});
    RC_ASSERT(outlook[pool].figures.peak == (use.empty() ? 0 : std::ranges::max(use)));
  }
}

TEST(PlanUse, EndsAtTheInstantWhereAnotherBeginsAreNoCollision) {
  const FleetSpec fleet =
      fleet_of(1, {every("a", 10min, 0min, 5min), every("b", 10min, 5min, 5min)});
  const auto outlook = pool_outlook(fleet, kDay, lengths_of(fleet));
  EXPECT_EQ(outlook[0].figures, (UseFigures{1, 0ms}));
  EXPECT_THAT(outlook[0].use, ElementsAre(UseStep{0ms, 1}));
}

TEST(PlanUse, ACollisionNamesItsTimeItsPeakAndItsJobs) {
  const FleetSpec fleet = fleet_of(1, {every("a", 24h, 60min, 10min), every("b", 24h, 65min, 10min),
                                       every("c", 24h, 5h, 10min)});
  const auto outlook = pool_outlook(fleet, kDay, lengths_of(fleet));
  ASSERT_EQ(outlook[0].collisions.size(), 1U);
  const Collision& collision = outlook[0].collisions[0];
  EXPECT_EQ(collision.from, 65min);
  EXPECT_EQ(collision.until, 70min);
  EXPECT_EQ(collision.peak, 2);
  EXPECT_THAT(collision.jobs, ElementsAre(0U, 1U));
  EXPECT_EQ(outlook[0].figures.over, 5min);
}

TEST(PlanUse, RunsThatBeganBeforeTheHorizonCount) {
  const FleetSpec fleet = fleet_of(0, {every("a", 24h, 23h, 2h)});
  const Horizon next_day{TimeLine{kEpoch}, kEpoch + 24h, 24h};
  EXPECT_EQ(pool_outlook(fleet, kDay, lengths_of(fleet))[0].figures.over, 1h);
  EXPECT_EQ(pool_outlook(fleet, next_day, lengths_of(fleet))[0].figures.over, 2h);
}

TEST(PlanUse, ARunThatDoesNotFitItsIntervalHoldsItsUnitsAllTheTime) {
  FleetSpec fleet = fleet_of(0, {every("a", 1min, 0min, 1min)});
  EXPECT_EQ(pool_outlook(fleet, kDay, lengths_of(fleet))[0].figures, (UseFigures{1, 24h}));
  fleet.jobs[0].expect = 150s;
  fleet.jobs[0].overlap = Overlap::allow;
  EXPECT_EQ(pool_outlook(fleet, kDay, lengths_of(fleet))[0].figures.peak, 3);
}

TEST(PlanUse, TheLowerBoundIsTheAverageRoundedUpOrTheHeaviestJob) {
  const auto bound = [](const FleetSpec& fleet) {
    return make_plan(fleet, request_for(fleet)).pools[0].lower_bound_peak;
  };
  EXPECT_EQ(bound(fleet_of(5, {every("a", 10min, 0min, 5min), every("b", 10min, 0min, 5min)})), 1);
  EXPECT_EQ(bound(fleet_of(5, {every("a", 10min, 0min, 5min), every("b", 10min, 0min, 6min)})), 2);
  EXPECT_EQ(bound(fleet_of(5, {every("a", 24h, 0min, 5min, {{0, 4}})})), 4);
}

TEST(PlanUse, SlotsOfTheClockAreWhereTheClockPutsThem) {
  JobSpec at = every("at", 1h, {}, 10min);
  at.schedule = At{WallTime{kEpoch.time_since_epoch() + 3h}};
  const FleetSpec fleet = fleet_of(0, {at});
  const auto outlook = pool_outlook(fleet, kDay, lengths_of(fleet));
  EXPECT_THAT(outlook[0].use, ElementsAre(UseStep{0ms, 0}, UseStep{3h, 1}, UseStep{3h + 10min, 0}));
}

}  // namespace
}  // namespace takt::core
