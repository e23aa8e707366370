// Campaigns: small fleets through many seeds of faults; the checker must have nothing to say.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "sim/campaign_for_test.h"
#include "sim/world.h"

namespace takt::sim {
namespace {

Report simulate_nasty(std::uint64_t seed, Duration length = std::chrono::hours{48}) {
  return play(nasty_fleet(), nasty_mix(), length, seed);
}

TEST(Campaign, NoSeedBreaksAnInvariantAndEveryKindOfFaultFires) {
  const Seen seen = play_all([](std::uint64_t) { return nasty_fleet(); }, std::chrono::hours{48});
  if (seeds().first == seeds().last) return;  // one seed does not have to have it all
  for (int kind = 0; kind < kFaultKinds; ++kind) {
    const std::string name{word(static_cast<Fault>(kind))};
    EXPECT_TRUE(seen.faults.contains(name)) << name << " never fired";
  }
  expect_seen(seen, expected_coverage());
}

TEST(Campaign, NoDrawnFleetBreaksAnInvariant) { play_all(drawn_fleet, std::chrono::hours{24}); }

/// Found beyond those that are always played. 38, 42, 43: a new daemon expected a leftover to take longer
/// than its timeout. 64, 90: a step of the clock brought slots into a gap that was over. 124,
/// 169: runs that end in the turn that makes them were counted as a queue. 77, 111, 155, 163: what a
/// step of the clock had just made due was judged by a deadline of before it. 179: a run made room for a
/// slot that was missed.
TEST(Campaign, DrawnFleetsThatOnceBrokeAnInvariantDoNotAgain) {
  for (const std::uint64_t seed : {38, 42, 43, 64, 77, 90, 111, 124, 155, 163, 169, 179}) {
    const Report report = play(drawn_fleet(seed), nasty_mix(), std::chrono::hours{24}, seed);
    EXPECT_EQ(report.violation_count, 0) << "drawn fleet " << seed << "\n" << told(report);
  }
}

/// The same of the nasty fleet. 29: a slow commit slept through a freeze with its daemon. 59: as 64.
TEST(Campaign, NastySeedsThatOnceBrokeAnInvariantDoNotAgain) {
  for (const std::uint64_t seed : {29, 59}) {
    const Report report = simulate_nasty(seed);
    EXPECT_EQ(report.violation_count, 0) << "nasty seed " << seed << "\n" << told(report);
  }
}

TEST(Campaign, AStormOf200JobsAtOneInstantGoesThroughTheNode) {
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    const Report report = play(storm_fleet(), nasty_mix(), std::chrono::hours{12}, seed);
    EXPECT_EQ(report.violation_count, 0) << replay(seed) << told(report);
    for (const JobReport& job : report.jobs) EXPECT_GT(job.ok, 0) << job.name;
  }
}

TEST(Campaign, AMachineAsleepForWeeksWakesUpToOneRunOfEachJob) {
  Mix mix;
  mix.weight.fill(0);
  mix.weight_of(Fault::suspended_long) = 1;
  mix.per_day = 1;
  const Report report = play(nasty_fleet(), mix, std::chrono::hours{24 * 200}, 5);
  EXPECT_EQ(report.violation_count, 0) << told(report);
  EXPECT_GE(report.faults.at("suspended_long"), 5);
}

TEST(Campaign, TheYear2038IsAYearLikeAnyOther) {
  const auto begin = parse_rfc3339("2038-01-18T20:00:00Z");
  const Scenario scenario{
      nasty_fleet(), {std::chrono::hours{24}, 8, true, true}, nasty_mix(), nullptr, nullptr, begin};
  const Report report = World(scenario).run();
  EXPECT_EQ(report.violation_count, 0) << told(report);
  EXPECT_GT(report.runs, 1000);
}

TEST(Campaign, AnotherSeedIsAnotherDay) {
  EXPECT_NE(simulate_nasty(1, std::chrono::hours{6}).hash,
            simulate_nasty(2, std::chrono::hours{6}).hash);
}

TEST(Campaign, WithoutFaultsEverySlotRunsOnTime) {
  core::FleetSpec fleet;
  fleet.name = "quiet";
  core::JobSpec job;
  job.name = "job";
  job.schedule = core::Every{std::chrono::minutes{5}, Duration{0}};
  job.expect = std::chrono::seconds{30};
  fleet.jobs.push_back(job);
  const Report report = simulate(fleet, {std::chrono::hours{24}, 7, false, true});
  EXPECT_EQ(report.violation_count, 0) << told(report);
  EXPECT_TRUE(report.faults.empty());
  ASSERT_EQ(report.jobs.size(), 1U);
  EXPECT_EQ(report.jobs[0].slots, 288);
  EXPECT_EQ(report.jobs[0].ok, 288);
  EXPECT_EQ(report.jobs[0].failed, 0);
  EXPECT_EQ(report.jobs[0].missed, 0);
  EXPECT_LE(report.jobs[0].lateness_max, Duration{50});
  EXPECT_GT(report.jobs[0].lateness_p50, Duration{0});
}

TEST(Campaign, TheDefaultMixHasAtLeastFiveFaultsAFleetDay) {
  core::FleetSpec fleet = nasty_fleet();
  const int days = 20;
  const Report report = simulate(fleet, {std::chrono::hours{24 * days}, 11, true, true});
  std::int64_t fired = 0;
  for (const auto& [kind, count] : report.faults) fired += count;
  EXPECT_GE(fired, 5 * days);
  EXPECT_EQ(report.violation_count, 0) << told(report);
}

TEST(Campaign, AReportAccountsForEverySlot) {
  const Report report = simulate_nasty(4);
  for (const JobReport& job : report.jobs) {
    std::int64_t skipped = 0;
    for (const auto& [reason, count] : job.skipped) skipped += count;
    EXPECT_LE(skipped + job.missed, job.slots) << job.name;
    EXPECT_LE(job.ok + job.failed, job.ran) << job.name;
    EXPECT_LE(job.lateness_p50, job.lateness_p99) << job.name;
    EXPECT_LE(job.lateness_p99, job.lateness_max) << job.name;
  }
  const auto found = std::ranges::find(report.jobs, "off", &JobReport::name);
  ASSERT_NE(found, report.jobs.end());
  const JobReport& off = *found;
  EXPECT_EQ(off.ran - off.ok - off.failed + off.skipped.at("disabled"), off.slots)
      << "only a forced trigger runs it";
}

}  // namespace
}  // namespace takt::sim
