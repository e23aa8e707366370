#include "core/leases.h"

#include <gtest/gtest.h>

namespace takt::core {
namespace {

using std::chrono::minutes;

constexpr Instant kNow{std::chrono::hours{1}};

std::shared_ptr<const Uses> uses(Uses list) {
  return std::make_shared<const Uses>(std::move(list));
}

Leases browser_of_three() {
  Leases leases;
  leases.resize({{"browser", 3, {1, 0, 0, 0}}, {"db", 4, {}}});
  return leases;
}

Lease lease(int run, Uses list, Priority priority, Duration until = minutes{5}) {
  return {RunId{run}, 0, uses(std::move(list)), priority, kNow, kNow + until};
}

TEST(Leases, UsageIsTheSumOfWhatLives) {
  Leases leases = browser_of_three();
  leases.grant(lease(1, {{0, 1}, {1, 3}}, Priority::P1));
  leases.grant(lease(2, {{0, 1}}, Priority::P0));
  EXPECT_EQ(leases.used(0), 2);
  EXPECT_EQ(leases.used(1), 3);
  EXPECT_TRUE(leases.release(RunId{1}));
  EXPECT_EQ(leases.used(0), 1);
  EXPECT_EQ(leases.used(1), 0);
}

TEST(Leases, ASecondReleaseChangesNothing) {
  Leases leases = browser_of_three();
  leases.grant(lease(1, {{0, 1}}, Priority::P1));
  leases.grant(lease(2, {{0, 1}}, Priority::P1));
  EXPECT_TRUE(leases.release(RunId{1}));
  EXPECT_FALSE(leases.release(RunId{1}));
  EXPECT_EQ(leases.used(0), 1);
}

TEST(Leases, AReserveIsNeverGivenToALowerClass) {
  Leases leases = browser_of_three();
  leases.grant(lease(1, {{0, 1}}, Priority::P3));
  leases.grant(lease(2, {{0, 1}}, Priority::P1));
  EXPECT_EQ(leases.room(0, Priority::P1), 0);
  EXPECT_EQ(leases.room(0, Priority::P0), 1);
  EXPECT_FALSE(leases.fits({{0, 1}}, Priority::P2));
  EXPECT_TRUE(leases.fits({{0, 1}}, Priority::P0));
}

TEST(Leases, AReserveInUseByItsClassLeavesTheOthersTheirShare) {
  Leases leases = browser_of_three();
  leases.grant(lease(1, {{0, 1}}, Priority::P0));
  EXPECT_EQ(leases.room(0, Priority::P2), 2);
}

TEST(Leases, ReservesOfSeveralClassesAddUp) {
  Leases leases;
  leases.resize({{"db", 5, {1, 2, 0, 0}}});
  EXPECT_EQ(leases.room(0, Priority::P0), 5);
  EXPECT_EQ(leases.room(0, Priority::P1), 4);
  EXPECT_EQ(leases.room(0, Priority::P2), 2);
  EXPECT_EQ(leases.room(0, Priority::P3), 2);
}

TEST(Leases, ShrinkingRevokesNothingAndGivesNothingOut) {
  Leases leases = browser_of_three();
  leases.grant(lease(1, {{0, 1}}, Priority::P1));
  leases.grant(lease(2, {{0, 1}}, Priority::P1));
  leases.resize({{"browser", 1, {}}, {"db", 4, {}}});
  EXPECT_EQ(leases.used(0), 2);
  EXPECT_EQ(leases.room(0, Priority::P0), 0);
  leases.release(RunId{1});
  EXPECT_EQ(leases.room(0, Priority::P0), 0);
  leases.release(RunId{2});
  EXPECT_EQ(leases.room(0, Priority::P0), 1);
}

TEST(Leases, EarliestIsWhenEnoughHoldersHaveEnded) {
  Leases leases;
  leases.resize({{"db", 4, {}}});
  leases.grant(lease(1, {{0, 2}}, Priority::P2, minutes{9}));
  leases.grant(lease(2, {{0, 1}}, Priority::P2, minutes{3}));
  leases.grant(lease(3, {{0, 1}}, Priority::P2, minutes{5}));
  EXPECT_EQ(leases.earliest({{0, 1}}, Priority::P2, kNow), kNow + minutes{3});
  EXPECT_EQ(leases.earliest({{0, 2}}, Priority::P2, kNow), kNow + minutes{5});
  EXPECT_EQ(leases.earliest({{0, 3}}, Priority::P2, kNow), kNow + minutes{9});
  EXPECT_EQ(leases.earliest({{0, 5}}, Priority::P2, kNow), Instant::max());
}

TEST(Leases, AHolderBeyondItsTimeMayEndAnyMoment) {
  Leases leases;
  leases.resize({{"db", 1, {}}});
  leases.grant(lease(1, {{0, 1}}, Priority::P2, minutes{1}));
  EXPECT_EQ(leases.earliest({{0, 1}}, Priority::P2, kNow + minutes{7}), kNow + minutes{7});
}

TEST(Leases, ADemandOverSeveralPoolsWaitsForTheLastOfThem) {
  Leases leases;
  leases.resize({{"browser", 1, {}}, {"db", 1, {}}});
  leases.grant(lease(1, {{0, 1}}, Priority::P2, minutes{2}));
  leases.grant(lease(2, {{1, 1}}, Priority::P2, minutes{8}));
  EXPECT_EQ(leases.earliest({{0, 1}, {1, 1}}, Priority::P2, kNow), kNow + minutes{8});
}

}  // namespace
}  // namespace takt::core
