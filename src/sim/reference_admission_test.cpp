#include "sim/reference_admission.h"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace takt::sim {
namespace {

using core::Priority;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Instant kNow{std::chrono::hours{1}};

Candidate candidate(int run, core::Uses units, Duration length, Priority priority = Priority::P2,
                    Instant rank = kNow) {
  return {RunId{run}, rank, std::move(units), priority, length};
}

Held held(int weight, Duration until, Priority priority = Priority::P2) {
  return {core::Uses{{0, weight}}, priority, kNow + until};
}

std::vector<int> started(const std::vector<core::PoolSpec>& pools, std::vector<Held> held,
                         std::vector<Candidate> waiting, int room = 100) {
  std::vector<int> runs;
  ReferenceAdmission reference(pools, std::move(held), std::move(waiting), kNow);
  for (const RunId run : reference.started(room)) runs.push_back(static_cast<int>(run.value));
  return runs;
}

TEST(ReferenceAdmission, StartsTheBestRankFirstWhileThereIsRoom) {
  const std::vector<core::PoolSpec> pools{{"browser", 2, {}}};
  const std::vector<Candidate> waiting{
      candidate(1, {{0, 1}}, minutes{1}, Priority::P2, kNow + seconds{3}),
      candidate(2, {{0, 1}}, minutes{1}, Priority::P2, kNow + seconds{1}),
      candidate(3, {{0, 1}}, minutes{1}, Priority::P2, kNow + seconds{2})};
  EXPECT_EQ(started(pools, {}, waiting), (std::vector{2, 3}));
  EXPECT_EQ(started(pools, {}, waiting, 1), (std::vector{2}));
}

TEST(ReferenceAdmission, AWideOneIsPassedOnlyByWhatEndsBeforeItCouldStart) {
  const std::vector<core::PoolSpec> pools{{"browser", 3, {}}};
  EXPECT_EQ(started(pools, {held(1, minutes{10})},
                    {candidate(2, {{0, 3}}, minutes{10}), candidate(3, {{0, 1}}, minutes{30}),
                     candidate(4, {{0, 1}}, minutes{5})}),
            (std::vector{4}));
}

TEST(ReferenceAdmission, NobodyPassesWhereAHolderIsBeyondItsTime) {
  const std::vector<core::PoolSpec> pools{{"browser", 3, {}}};
  EXPECT_TRUE(started(pools, {held(1, -minutes{1})},
                      {candidate(2, {{0, 3}}, minutes{10}), candidate(3, {{0, 1}}, seconds{1})})
                  .empty());
}

TEST(ReferenceAdmission, AReserveIsForItsClassAlone) {
  const std::vector<core::PoolSpec> pools{{"browser", 3, {1, 0, 0, 0}}};
  const std::vector<Held> two{held(1, minutes{5}), held(1, minutes{5})};
  EXPECT_TRUE(started(pools, two, {candidate(3, {{0, 1}}, minutes{1}, Priority::P1)}).empty());
  EXPECT_EQ(started(pools, two,
                    {candidate(3, {{0, 1}}, minutes{1}, Priority::P1, kNow - minutes{50}),
                     candidate(4, {{0, 1}}, minutes{30}, Priority::P0)}),
            (std::vector{4}));
}

TEST(ReferenceAdmission, AllOrNothing) {
  const std::vector<core::PoolSpec> pools{{"browser", 1, {}}, {"db", 1, {}}};
  EXPECT_TRUE(
      started(pools, {held(1, minutes{5})}, {candidate(2, {{0, 1}, {1, 1}}, minutes{1})}).empty());
}

}  // namespace
}  // namespace takt::sim
