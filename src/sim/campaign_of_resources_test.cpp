// Campaigns of fleets that fight for pools, need one another and run out of memory.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/campaign_for_test.h"
#include "sim/drawn_resources.h"

namespace takt::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

std::vector<std::string> expected_of_resources() {
  return {"gate.dependencies.pass",  "gate.dependencies.hold", "gate.dependencies.skip",
          "gate.memory.pass",        "gate.memory.hold",       "gate.memory.skip",
          "gate.pools.pass",         "gate.pools.hold",        "gate.turn.pass",
          "gate.turn.hold",          "slot.skipped.memory",    "slot.skipped.dep_timeout",
          "slot.skipped.dep_failed", "slot.missed.pool",       "cause.dependency",
          "event.memory_high",       "event.memory_critical",  "event.memory_normal",
          "event.cleanup_done",      "event.reloaded"};
}

TEST(CampaignOfResources, NoSeedOfATightFleetBreaksAnInvariant) {
  const Seen seen = play_all([](std::uint64_t) { return tight_fleet(); }, hours{24});
  expect_seen(seen, expected_of_resources());
}

TEST(CampaignOfResources, NoSmallFleetBreaksAnInvariantUnderFaults) {
  play_all(small_fleet, hours{12});
}

/// The set of runs that start in each turn is that of the reference.
TEST(CampaignOfResources, In300SmallFleetsWhoStartsIsWhoTheReferenceStarts) {
  const auto [first, last] = seeds({1, 300});
  std::int64_t judged = 0;
  std::int64_t runs = 0;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    const Report report = simulate(small_fleet(1000 + seed), {hours{2}, seed, false, true});
    EXPECT_EQ(report.violation_count, 0) << "small fleet " << 1000 + seed << "\n" << told(report);
    judged += report.admissions_judged;
    runs += report.runs;
  }
  EXPECT_GT(judged, static_cast<std::int64_t>(last - first + 1) * 50);
  RecordProperty("turns_judged", std::to_string(judged));
  RecordProperty("runs", std::to_string(runs));
}

/// Found beyond those that are always played: P0 waited for more than an hour behind what was made, time and
/// again, for a job whose need was never met (593, 2367, 4079, 6581, 6652); what is made for a run that
/// lapsed in the queue comes late in its turn (4815, 7477).
TEST(CampaignOfResources, SmallFleetsThatOnceBrokeAnInvariantDoNotAgain) {
  for (const std::uint64_t seed : {593, 2367, 4079, 4815, 6581, 6652, 7477}) {
    const Report report = simulate(small_fleet(1000 + seed), {hours{2}, seed, false, true});
    EXPECT_EQ(report.violation_count, 0) << "small fleet " << 1000 + seed << "\n" << told(report);
  }
}

/// The same under faults. 127, 166, 185, 214: one that stops lends nothing; 263: a reload forgets no failed
/// need; 149: units are held since the decision, also where the store delays the start by half an hour.
TEST(CampaignOfResources, SmallFleetsThatOnceBrokeAnInvariantUnderFaultsDoNotAgain) {
  for (const std::uint64_t seed : {127, 149, 166, 185, 214, 263}) {
    const Report report = play(small_fleet(seed), nasty_mix(), hours{12}, seed);
    EXPECT_EQ(report.violation_count, 0) << "small fleet " << seed << "\n" << told(report);
  }
}

TEST(CampaignOfResources, AReportTellsOfEachPool) {
  const Report report = simulate(tight_fleet(), {hours{6}, 3, false, true});
  ASSERT_EQ(report.pools.size(), 3U);
  EXPECT_EQ(report.pools[0].name, "browser");
  for (const PoolReport& pool : report.pools) {
    EXPECT_GT(pool.used_mean, 0.1) << pool.name;
    EXPECT_LE(pool.used_mean, pool.peak) << pool.name;
  }
  EXPECT_EQ(report.pools[0].peak, 3);
  EXPECT_LE(report.pools[1].peak, 2);
  EXPECT_GT(report.pools[0].wait_p95, Duration{0});
}

TEST(CampaignOfResources, NoMoreOfAPoolIsUsedThanThereIsUnderTheDefaultFaults) {
  const core::FleetSpec fleet = tight_fleet();
  const Report report = simulate(fleet, {hours{24 * 10}, 1, true, true});
  EXPECT_GT(report.faults.at("operator_reloads"), 0);
  ASSERT_EQ(report.pools.size(), fleet.pools.size());
  for (std::size_t at = 0; at < fleet.pools.size(); ++at) {
    EXPECT_LE(report.pools[at].peak, fleet.pools[at].slots) << fleet.pools[at].name;
    EXPECT_GT(report.pools[at].peak, 0) << fleet.pools[at].name;
  }
}

TEST(CampaignOfResources, APoolThatNobodyUsesIsEmpty) {
  core::FleetSpec fleet;
  fleet.name = "idle";
  fleet.pools = {{"browser", 3, {}}};
  core::JobSpec job;
  job.name = "job";
  job.schedule = core::Every{minutes{5}, Duration{0}};
  job.expect = minutes{1};
  fleet.jobs.push_back(job);
  job.name = "user";
  job.schedule = core::Every{minutes{10}, Duration{0}};
  job.uses = core::Uses{{0, 2}};
  Report report = simulate(fleet, {hours{2}, 1, false, true});
  EXPECT_EQ(report.pools[0].peak, 0);
  fleet.jobs.push_back(job);
  report = simulate(fleet, {hours{2}, 1, false, true});
  EXPECT_EQ(report.pools[0].peak, 2);
  EXPECT_NEAR(report.pools[0].used_mean, 0.2, 0.1) << "a minute of ten, twice";
  EXPECT_LE(report.pools[0].wait_p95, Duration{50});
}

}  // namespace
}  // namespace takt::sim
