#include "notify/retries.h"

#include <gtest/gtest.h>

namespace takt::notify {
namespace {

using namespace std::chrono_literals;

TEST(Retries, GrowAndEndAfterFiveTries) {
  const Retries usual;
  EXPECT_EQ(wait_after(usual, 1, {}), Duration{1s});
  EXPECT_EQ(wait_after(usual, 2, {}), Duration{4s});
  EXPECT_EQ(wait_after(usual, 3, {}), Duration{16s});
  EXPECT_EQ(wait_after(usual, 4, {}), Duration{60s});
  EXPECT_EQ(wait_after(usual, 5, {}), std::nullopt);
  EXPECT_EQ(wait_after(usual, 0, {}), std::nullopt);
}

TEST(Retries, WhoIsOverloadedMayAskForLongerWithinReason) {
  const Retries usual;
  EXPECT_EQ(wait_after(usual, 1, 30s), Duration{30s});
  EXPECT_EQ(wait_after(usual, 4, 30s), Duration{60s});
  EXPECT_EQ(wait_after(usual, 1, 24h), Duration{5min});
  EXPECT_EQ(wait_after(usual, 5, 30s), std::nullopt);
}

}  // namespace
}  // namespace takt::notify
