#include "sim/memory_model.h"

#include <gtest/gtest.h>

#include <chrono>

namespace takt::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Instant kNow{std::chrono::hours{1}};

MemoryModel::Episode pressure() {
  MemoryModel::Episode episode;
  episode.begin = kNow;
  episode.rises = minutes{1};
  episode.holds = minutes{10};
  episode.peak = 0.95;
  return episode;
}

TEST(MemoryModel, IsUsedInPartWhereNothingGoesOn) {
  const core::MemoryReading reading = MemoryModel{}.read(kNow);
  EXPECT_GT(reading.used_ratio(), 0.4);
  EXPECT_LT(reading.used_ratio(), 0.5);
  EXPECT_EQ(reading.stalled, 0);
}

TEST(MemoryModel, RisesStaysAndFalls) {
  MemoryModel memory;
  memory.begin(pressure());
  EXPECT_LT(memory.read(kNow).used_ratio(), 0.5);
  EXPECT_GT(memory.read(kNow + seconds{40}).used_ratio(), 0.7);
  EXPECT_GE(memory.read(kNow + minutes{5}).used_ratio(), 0.94);
  EXPECT_TRUE(memory.is_busy(kNow + minutes{5}));
  EXPECT_LT(memory.read(kNow + minutes{13}).used_ratio(), 0.5);
  EXPECT_FALSE(memory.is_busy(kNow + minutes{13}));
}

TEST(MemoryModel, ACleanupTakesItsShare) {
  MemoryModel memory;
  MemoryModel::Episode episode = pressure();
  episode.freed_by_cleanup = 0.5;
  memory.begin(episode);
  memory.clean();
  EXPECT_NEAR(memory.read(kNow + minutes{5}).used_ratio(), 0.45 + 0.25, 0.02);
}

TEST(MemoryModel, StallsWithFreeMemory) {
  MemoryModel memory;
  MemoryModel::Episode episode = pressure();
  episode.peak = 0;
  episode.stalled = 0.6;
  memory.begin(episode);
  EXPECT_EQ(memory.read(kNow + minutes{5}).stalled, 0.6);
  EXPECT_LT(memory.read(kNow + minutes{5}).used_ratio(), 0.5);
}

TEST(MemoryModel, CalmEndsWhatGoesOn) {
  MemoryModel memory;
  memory.begin(pressure());
  memory.calm(kNow + minutes{2});
  EXPECT_LT(memory.read(kNow + minutes{2}).used_ratio(), 0.5);
}

}  // namespace
}  // namespace takt::sim
