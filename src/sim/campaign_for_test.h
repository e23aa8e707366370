#pragma once
// What tests of campaigns share: which seeds they play, how a failure is told so that it can be played
// again, and what was seen over all seeds.

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/words.h"
#include "sim/campaign_fleet.h"
#include "sim/world.h"

namespace takt::sim {

// Seeds that a campaign plays; TAKT_SIM_SEEDS=FIRST..LAST plays others: one again, or hundreds.
struct Seeds {
  std::uint64_t first = 1;
  std::uint64_t last = 20;
};

inline Seeds seeds(Seeds seeds = {}) {
  const char* asked = std::getenv("TAKT_SIM_SEEDS");
  if (asked == nullptr) return seeds;
  const std::string text{asked};
  seeds.first = seeds.last = std::stoull(text);
  if (const auto dots = text.find(".."); dots != std::string::npos) {
    seeds.last = std::stoull(text.substr(dots + 2));
  }
  return seeds;
}

inline std::string told(const Report& report) {
  std::string text;
  for (const Violation& v : report.violations) {
    text += v.invariant + " " + format_rfc3339(v.at) + " " + v.text + "\n";
  }
  return text;
}

inline std::string replay(std::uint64_t seed) {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  return "seed " + std::to_string(seed) + "; again: TAKT_SIM_SEEDS=" + std::to_string(seed) +
         " takt_sim_test --gtest_filter=" + test->test_suite_name() + "." + test->name() + "\n";
}

/// What a campaign saw over all its seeds.
struct Seen {
  std::map<std::string, std::int64_t> faults;
  std::map<std::string, std::int64_t> coverage;

  void add(const Report& report) {
    for (const auto& [kind, count] : report.faults) faults[kind] += count;
    for (const auto& [point, count] : report.coverage) coverage[point] += count;
  }
};

inline Report play(const core::FleetSpec& fleet, const Mix& mix, Duration length,
                   std::uint64_t seed, bool check = true) {
  const Scenario scenario{fleet, {length, seed, true, check}, mix, nullptr, nullptr, std::nullopt};
  return World(scenario).run();
}

/// Plays every seed twice, the second time without the checker: nothing may be violated, and both
/// times the same must happen.
inline Seen play_all(const std::function<core::FleetSpec(std::uint64_t)>& fleet_of,
                     Duration length) {
  Seen seen;
  const auto [first, last] = seeds();
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    const core::FleetSpec fleet = fleet_of(seed);
    const Report report = play(fleet, nasty_mix(), length, seed);
    EXPECT_EQ(report.violation_count, 0) << replay(seed) << told(report);
    const Report again = play(fleet, nasty_mix(), length, seed, false);
    EXPECT_EQ(report.hash, again.hash) << replay(seed);
    seen.add(report);
  }
  return seen;
}

/// Each of these points was seen, unless only one seed was played.
inline void expect_seen(const Seen& seen, const std::vector<std::string>& points) {
  if (seeds().first == seeds().last) return;
  for (const std::string& point : points) {
    const auto found = seen.coverage.find(point);
    EXPECT_TRUE(found != seen.coverage.end() && found->second > 0) << point << " was never seen";
  }
}

}  // namespace takt::sim
