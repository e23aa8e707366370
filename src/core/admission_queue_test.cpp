#include "core/admission_queue.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace takt::core {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Instant kNow{std::chrono::hours{1}};

std::shared_ptr<const Uses> uses(Uses list) {
  return std::make_shared<const Uses>(std::move(list));
}

Waiter waiter(int run, Uses list, Duration length, Priority priority = Priority::P2,
              Instant rank_at = kNow) {
  return {RunId{run}, rank_at, uses(std::move(list)), priority, false, length};
}

/// Starts whoever may, as admission does.
std::vector<int> admit(AdmissionQueue& queue, const std::map<int, Waiter>& waiters, Instant now) {
  std::vector<int> started;
  while (const auto run = queue.next(now)) {
    const int id = static_cast<int>(run->value);
    queue.start(waiters.at(id), 0, now);
    started.push_back(id);
  }
  return started;
}

struct Fleet {
  AdmissionQueue queue;
  std::map<int, Waiter> waiters;

  void add(const Waiter& w) {
    waiters.insert_or_assign(static_cast<int>(w.run.value), w);
    queue.add(w);
  }
  std::vector<int> admit(Instant now) { return core::admit(queue, waiters, now); }
};

TEST(AdmissionQueue, StrictByRankWhenAllWantTheSame) {
  Fleet fleet;
  fleet.queue.resize({{"browser", 2, {}}});
  fleet.add(waiter(1, {{0, 1}}, minutes{1}, Priority::P2, kNow + seconds{3}));
  fleet.add(waiter(2, {{0, 1}}, minutes{1}, Priority::P2, kNow + seconds{1}));
  fleet.add(waiter(3, {{0, 1}}, minutes{1}, Priority::P2, kNow + seconds{2}));
  EXPECT_EQ(fleet.admit(kNow), (std::vector{2, 3}));
  fleet.queue.release(RunId{3});
  EXPECT_EQ(fleet.admit(kNow), (std::vector{1}));
}

TEST(AdmissionQueue, WithoutPoolsNobodyWaits) {
  Fleet fleet;
  fleet.queue.resize({});
  fleet.add(waiter(2, {}, minutes{1}));
  fleet.add(waiter(1, {}, minutes{1}));
  EXPECT_EQ(fleet.admit(kNow), (std::vector{1, 2}));
}

TEST(AdmissionQueue, AllOrNothingOverSeveralPools) {
  Fleet fleet;
  fleet.queue.resize({{"browser", 1, {}}, {"db", 1, {}}});
  fleet.add(waiter(1, {{1, 1}}, minutes{1}));
  EXPECT_EQ(fleet.admit(kNow), (std::vector{1}));
  fleet.add(waiter(2, {{0, 1}, {1, 1}}, minutes{1}));
  EXPECT_TRUE(fleet.admit(kNow).empty());
  EXPECT_EQ(fleet.queue.leases().used(0), 0) << "it holds nothing while it waits";
}

TEST(AdmissionQueue, AShortOneMayPassAWideOneThatWaits) {
  Fleet fleet;
  fleet.queue.resize({{"browser", 3, {}}});
  fleet.add(waiter(1, {{0, 1}}, minutes{10}));
  fleet.admit(kNow);
  fleet.add(waiter(2, {{0, 3}}, minutes{10}));
  fleet.add(waiter(3, {{0, 1}}, minutes{30}));
  fleet.add(waiter(4, {{0, 1}}, minutes{5}));
  EXPECT_EQ(fleet.admit(kNow), (std::vector{4})) << "3 would delay 2, 4 delays nobody";
}

TEST(AdmissionQueue, NobodyPassesWhenTheHolderIsBeyondItsTime) {
  Fleet fleet;
  fleet.queue.resize({{"browser", 3, {}}});
  fleet.add(waiter(1, {{0, 1}}, minutes{1}));
  fleet.admit(kNow);
  fleet.add(waiter(2, {{0, 3}}, minutes{10}));
  fleet.add(waiter(3, {{0, 1}}, seconds{1}));
  EXPECT_TRUE(fleet.admit(kNow + minutes{2}).empty());
}

TEST(AdmissionQueue, AReserveIsOpenToItsClassEvenBehindAnAgedOne) {
  Fleet fleet;
  fleet.queue.resize({{"browser", 3, {1, 0, 0, 0}}});
  fleet.add(waiter(1, {{0, 1}}, minutes{5}));
  fleet.add(waiter(2, {{0, 1}}, minutes{5}));
  fleet.add(waiter(3, {{0, 1}}, minutes{5}, Priority::P2, kNow - minutes{50}));
  EXPECT_EQ(fleet.admit(kNow), (std::vector{3, 1}));
  fleet.add(waiter(4, {{0, 1}}, minutes{30}, Priority::P0));
  EXPECT_EQ(fleet.admit(kNow), (std::vector{4})) << "2 could not have had the third slot";
}

TEST(AdmissionQueue, AReserveIsOpenWhateverClassesHoldTheRest) {
  Fleet fleet;
  fleet.queue.resize({{"browser", 4, {1, 0, 0, 0}}});
  fleet.add(waiter(1, {{0, 1}}, minutes{5}, Priority::P1));
  fleet.add(waiter(2, {{0, 1}}, minutes{5}, Priority::P2));
  fleet.add(waiter(3, {{0, 1}}, minutes{5}, Priority::P2));
  EXPECT_EQ(fleet.admit(kNow).size(), 3U);
  fleet.add(waiter(4, {{0, 1}}, minutes{5}, Priority::P3, kNow - minutes{90}));
  fleet.add(waiter(5, {{0, 1}}, minutes{30}, Priority::P0));
  EXPECT_EQ(fleet.admit(kNow), (std::vector{5})) << "4 waits for one of the other three";
}

TEST(AdmissionQueue, WhoeverLeavesLetsThoseBehindGoOn) {
  Fleet fleet;
  fleet.queue.resize({{"browser", 3, {}}});
  fleet.add(waiter(1, {{0, 1}}, minutes{10}));
  fleet.admit(kNow);
  fleet.add(waiter(2, {{0, 3}}, minutes{10}));
  fleet.add(waiter(3, {{0, 1}}, minutes{30}));
  EXPECT_TRUE(fleet.admit(kNow).empty());
  EXPECT_TRUE(fleet.queue.remove(RunId{2}));
  EXPECT_EQ(fleet.admit(kNow), (std::vector{3}));
}

TEST(AdmissionQueue, WhatIsTiedByAThirdPoolIsLookedAtAgain) {
  Fleet fleet;
  fleet.queue.resize({{"browser", 1, {}}, {"db", 2, {}}});
  fleet.add(waiter(1, {{0, 1}}, minutes{2}));
  fleet.admit(kNow);
  fleet.add(waiter(2, {{0, 1}, {1, 2}}, minutes{5}));  // waits for the browser
  fleet.add(waiter(3, {{1, 1}}, minutes{10}));         // would delay it
  EXPECT_TRUE(fleet.admit(kNow).empty());
  fleet.queue.release(RunId{1});
  fleet.add(waiter(4, {{0, 1}}, minutes{40}, Priority::P0, kNow - minutes{9}));
  EXPECT_EQ(fleet.admit(kNow), (std::vector{4, 3})) << "2 now waits for 40 minutes, 3 ends before";
}

TEST(AdmissionQueue, OneThatIsToStayLongerThanItWaitedForLetsOthersPassWhomItDelays) {
  Fleet fleet;
  fleet.queue.resize({{"browser", 3, {}}, {"db", 1, {}}, {"api", 1, {}}});
  fleet.add(waiter(1, {{0, 1}}, minutes{10}));
  fleet.admit(kNow);
  fleet.add(waiter(2, {{0, 3}}, minutes{10}));                  // in ten minutes
  fleet.add(waiter(3, {{0, 1}, {1, 1}, {2, 1}}, minutes{30}));  // would delay 2
  fleet.add(waiter(4, {{1, 1}}, minutes{20}));                  // would delay 3
  fleet.add(waiter(5, {{2, 1}}, minutes{5}));
  ASSERT_EQ(fleet.queue.next(kNow), RunId{5});
  fleet.queue.start(waiter(5, {{2, 1}}, minutes{40}), 0, kNow);  // it is longer at it since
  EXPECT_EQ(fleet.admit(kNow), (std::vector{4})) << "3 waits for the api for 40 minutes";
}

TEST(AdmissionQueue, OnlyCriticalOnesWhenAskedForThem) {
  AdmissionQueue queue;
  queue.resize({{"browser", 1, {}}});
  queue.add(waiter(1, {{0, 1}}, minutes{1}));
  Waiter critical = waiter(2, {{0, 1}}, minutes{1});
  critical.critical = true;
  queue.add(critical);
  EXPECT_EQ(queue.next(kNow, Among::critical), RunId{2});
  EXPECT_EQ(queue.next(kNow), RunId{1});
}

TEST(AdmissionQueue, ManyMayComeBeforeAnybodyLooks) {
  Fleet fleet;
  fleet.queue.resize({{"browser", 300, {}}, {"db", 300, {}}});
  std::vector<int> best_first;
  for (int run = 1; run <= 300; ++run) {
    const Instant rank = kNow - seconds{run};
    fleet.add(waiter(run, {{run % 2 == 0 ? 0U : 1U, 1}}, seconds{run}, Priority::P2, rank));
    best_first.insert(best_first.begin(), run);
  }
  EXPECT_EQ(fleet.admit(kNow), best_first);
}

TEST(AdmissionQueue, AStandingSaysWhoGoesFirstAndWhen) {
  Fleet fleet;
  fleet.queue.resize({{"browser", 2, {}}});
  fleet.add(waiter(1, {{0, 1}}, minutes{4}));
  fleet.admit(kNow);
  fleet.add(waiter(2, {{0, 2}}, minutes{8}));
  fleet.admit(kNow);
  const Standing wide = fleet.queue.standing(fleet.waiters.at(2), kNow);
  EXPECT_FALSE(wide.fits);
  EXPECT_EQ(wide.earliest, kNow + rounded_up(minutes{4}));
  const Standing behind = fleet.queue.standing(waiter(9, {{0, 1}}, minutes{8}), kNow);
  EXPECT_TRUE(behind.fits);
  EXPECT_EQ(behind.behind, (std::vector{RunId{2}}));
  EXPECT_FALSE(behind.may_start());
}

}  // namespace
}  // namespace takt::core
