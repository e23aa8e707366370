// Each planted bug must be caught by the invariant that names it, within a few seeds. What is printed
// tells by which, at which seed, and in which words.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/campaign_fleet.h"
#include "sim/drawn_resources.h"
#include "sim/planted_bugs_for_test.h"
#include "sim/world.h"

namespace takt::sim {

// NOLINTNEXTLINE(readability-identifier-naming): the name is GoogleTest's
static void PrintTo(const PlantedBug& bug, std::ostream* out) { *out << bug.name; }

namespace {

constexpr std::uint64_t kSeeds = 20;

std::vector<PlantedBug> all_bugs() {
  std::vector<PlantedBug> all;
  for (auto* list : {&slot_bugs, &attempt_bugs, &truth_bugs, &fencing_bugs, &liveness_bugs,
                     &pool_bugs, &memory_bugs, &need_bugs, &rank_bugs}) {
    for (PlantedBug& bug : list()) all.push_back(std::move(bug));
  }
  return all;
}

/// A coordinator may fall over what a bug leaves behind; then another seed has to show it.
std::vector<Violation> violations_of(const Scenario& scenario) {
  try {
    return World(scenario).run().violations;
  } catch (const std::out_of_range&) {
    return {};
  }
}

class PlantedBugs : public testing::TestWithParam<PlantedBug> {};

TEST_P(PlantedBugs, AreCaughtByTheirInvariant) {
  const PlantedBug& bug = GetParam();
  core::FleetSpec fleet = bug.is_tight ? tight_fleet() : nasty_fleet();
  if (!bug.is_tight) fleet.max_running = 6;
  core::FleetSpec misread = fleet;
  if (bug.max_running) misread.max_running = *bug.max_running;
  if (bug.misread_fleet) bug.misread_fleet(misread);
  if (bug.misread) std::ranges::for_each(misread.jobs, bug.misread);
  std::set<std::string> spoken;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const std::unique_ptr<Saboteur> saboteur = bug.saboteur ? bug.saboteur() : nullptr;
    const Scenario scenario{fleet,       {std::chrono::hours{24}, seed, true, true},
                            nasty_mix(), saboteur.get(),
                            &misread,    std::nullopt};
    for (const Violation& violation : violations_of(scenario)) {
      spoken.insert(violation.invariant);
      if (violation.invariant != bug.invariant) continue;
      std::cout << bug.invariant << "  " << bug.name << " (" << bug.how << "): seed " << seed
                << ": " << violation.text << "\n";
      return;
    }
  }
  ADD_FAILURE() << bug.name << " is caught by: " << testing::PrintToString(spoken);
}

INSTANTIATE_TEST_SUITE_P(All, PlantedBugs, testing::ValuesIn(all_bugs()),
                         [](const auto& planted) { return planted.param.name; });

TEST(PlantedBugList, HasAtLeastOneForEachLawThatIsJudged) {
  std::map<std::string, int> bugs;
  for (const PlantedBug& bug : all_bugs()) bugs[bug.invariant] += 1;
  for (const char* invariant :
       {"S1",  "S2",  "S3",  "S4", "S5", "S6", "S7", "S8", "S9", "S10", "S11", "S12", "S13",
        "S14", "S15", "S16", "L1", "L2", "L4", "L5", "L6", "L7", "L8",  "L9",  "L10"}) {
    EXPECT_GE(bugs[invariant], 1) << invariant;
  }
  EXPECT_GE(all_bugs().size(), 90U);
}

}  // namespace
}  // namespace takt::sim
