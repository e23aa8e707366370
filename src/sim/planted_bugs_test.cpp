// Each planted bug must be caught by the invariant that names it, within a few seeds. What is printed
// tells by which, at which seed, and in which words.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sim/campaign_fleet.h"
#include "sim/planted_bugs_for_test.h"
#include "sim/world.h"

namespace takt::sim {

// NOLINTNEXTLINE(readability-identifier-naming): the name is GoogleTest's
static void PrintTo(const PlantedBug& bug, std::ostream* out) { *out << bug.name; }

namespace {

constexpr std::uint64_t kSeeds = 20;

std::vector<PlantedBug> all_bugs() {
  std::vector<PlantedBug> all;
  for (auto* list : {&slot_bugs, &attempt_bugs, &truth_bugs, &fencing_bugs, &liveness_bugs}) {
    for (PlantedBug& bug : list()) all.push_back(std::move(bug));
  }
  return all;
}

class PlantedBugs : public testing::TestWithParam<PlantedBug> {};

TEST_P(PlantedBugs, AreCaughtByTheirInvariant) {
  const PlantedBug& bug = GetParam();
  core::FleetSpec fleet = nasty_fleet();
  fleet.max_running = 6;
  core::FleetSpec misread = fleet;
  if (bug.max_running) misread.max_running = *bug.max_running;
  if (bug.misread) std::ranges::for_each(misread.jobs, bug.misread);
  std::set<std::string> spoken;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const std::unique_ptr<Saboteur> saboteur = bug.saboteur ? bug.saboteur() : nullptr;
    const Scenario scenario{fleet,       {std::chrono::hours{24}, seed, true, true},
                            nasty_mix(), saboteur.get(),
                            &misread,    std::nullopt};
    for (const Violation& violation : World(scenario).run().violations) {
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
       {"S1",  "S2",  "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "S11", "S12",
        "S13", "S16", "L1", "L2", "L4", "L5", "L6", "L7", "L8", "L9",  "L10"}) {
    EXPECT_GE(bugs[invariant], 1) << invariant;
  }
  EXPECT_GE(all_bugs().size(), 45U);
}

}  // namespace
}  // namespace takt::sim
