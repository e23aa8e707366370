// Campaigns: small fleets through many seeds of faults; the checker must have nothing to say.

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>

#include "base/words.h"
#include "sim/campaign_fleet.h"
#include "sim/world.h"

namespace takt::sim {
namespace {

constexpr std::uint64_t kSeeds = 30;

Report simulate_nasty(std::uint64_t seed, Duration length = std::chrono::hours{48}) {
  Scenario scenario{nasty_fleet(), {length, seed, true, true}, nasty_mix(), nullptr, nullptr};
  return World(scenario).run();
}

std::string told(const Report& report) {
  std::string text;
  for (const Violation& v : report.violations) {
    text += v.invariant + " " + format_rfc3339(v.at) + " " + v.text + "\n";
  }
  return text;
}

TEST(Campaign, NoSeedBreaksAnInvariantAndEveryKindOfFaultFires) {
  std::map<std::string, std::int64_t> fired;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Report report = simulate_nasty(seed);
    EXPECT_EQ(report.violation_count, 0) << "seed " << seed << "\n" << told(report);
    for (const auto& [kind, count] : report.faults) fired[kind] += count;
  }
  for (int kind = 0; kind < kFaultKinds; ++kind) {
    const std::string name{word(static_cast<Fault>(kind))};
    EXPECT_GT(fired[name], 0) << name << " never fired";
  }
}

TEST(Campaign, NoDrawnFleetBreaksAnInvariant) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Scenario scenario{drawn_fleet(seed),
                            {std::chrono::hours{24}, seed, true, true},
                            nasty_mix(),
                            nullptr,
                            nullptr};
    const Report report = World(scenario).run();
    EXPECT_EQ(report.violation_count, 0) << "seed " << seed << "\n" << told(report);
  }
}

TEST(Campaign, ASeedPlayedTwiceIsTheSame) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Report once = simulate_nasty(seed, std::chrono::hours{12});
    const Report again = simulate_nasty(seed, std::chrono::hours{12});
    EXPECT_EQ(once.hash, again.hash);
    EXPECT_EQ(once.runs, again.runs);
    EXPECT_EQ(once.faults, again.faults);
  }
}

TEST(Campaign, AnotherSeedIsAnotherDay) {
  EXPECT_NE(simulate_nasty(1, std::chrono::hours{6}).hash,
            simulate_nasty(2, std::chrono::hours{6}).hash);
}

TEST(Campaign, TheCheckerChangesNothing) {
  Scenario scenario{
      nasty_fleet(), {std::chrono::hours{12}, 3, true, true}, nasty_mix(), nullptr, nullptr};
  const std::uint64_t checked = World(scenario).run().hash;
  scenario.options.check = false;
  EXPECT_EQ(World(scenario).run().hash, checked);
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
  const JobReport& off = report.jobs[9];
  ASSERT_EQ(off.name, "off");
  EXPECT_EQ(off.ran - off.ok - off.failed + off.skipped.at("disabled"), off.slots)
      << "only a forced trigger runs it";
}

}  // namespace
}  // namespace takt::sim
