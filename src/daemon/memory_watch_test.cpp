#include "daemon/memory_watch.h"

#include <gtest/gtest.h>

namespace takt::daemon {
namespace {

using core::MemoryLevel;
using core::MemorySourceWanted;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

class CountingMeter final : public ports::MemoryMeter {
 public:
  core::MemoryReading read(MemorySourceWanted wanted) noexcept override {
    ++reads;
    asked_for = wanted;
    return {.total_bytes = 100, .available_bytes = 100 - reads};
  }
  int reads = 0;
  MemorySourceWanted asked_for = MemorySourceWanted::automatic;
};

class MemoryWatchTest : public testing::Test {
 protected:
  static constexpr nanoseconds kNow = seconds{1000};
  CountingMeter meter_;
  MemoryWatch watch_{meter_};
};

TEST_F(MemoryWatchTest, TheFirstLookIsAlwaysTaken) {
  EXPECT_EQ(watch_.look_if_old(MemorySourceWanted::cgroup, nanoseconds{0})->used_bytes(), 1);
  EXPECT_EQ(meter_.asked_for, MemorySourceWanted::cgroup);
}

TEST_F(MemoryWatchTest, AFreshLookServesAllThatFollowWithin100Ms) {
  watch_.look(MemorySourceWanted::automatic, kNow);
  EXPECT_FALSE(watch_.look_if_old(MemorySourceWanted::automatic, kNow));
  EXPECT_FALSE(watch_.look_if_old(MemorySourceWanted::automatic, kNow + milliseconds{99}));
  EXPECT_TRUE(watch_.look_if_old(MemorySourceWanted::automatic, kNow + milliseconds{100}));
  EXPECT_FALSE(watch_.look_if_old(MemorySourceWanted::automatic, kNow + milliseconds{199}));
  EXPECT_EQ(meter_.reads, 2);
}

TEST_F(MemoryWatchTest, AnIdleFleetInNormalTimesIsNeverWokenForIt) {
  EXPECT_FALSE(watch_.next_look(MemoryLevel::normal, true)) << "before the first look";
  watch_.look(MemorySourceWanted::automatic, kNow);
  EXPECT_FALSE(watch_.next_look(MemoryLevel::normal, false));
}

TEST_F(MemoryWatchTest, AtWorkItIsLookedAtEvery5SecondsAndInTroubleEachSecond) {
  watch_.look(MemorySourceWanted::automatic, kNow);
  EXPECT_EQ(watch_.next_look(MemoryLevel::normal, true), kNow + seconds{5});
  for (const auto level : {MemoryLevel::high, MemoryLevel::critical}) {
    EXPECT_EQ(watch_.next_look(level, false), kNow + seconds{1});
    EXPECT_EQ(watch_.next_look(level, true), kNow + seconds{1});
  }
}

}  // namespace
}  // namespace takt::daemon
