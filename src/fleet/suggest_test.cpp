#include "fleet/suggest.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace takt::fleet {
namespace {

constexpr std::array<std::string_view, 7> kWords{"every",   "retries", "run", "priority",
                                                 "timeout", "P0",      "P2"};

TEST(Suggest, ASlipOfTheFingersIsFound) {
  EXPECT_EQ(nearest("evry", kWords), "every");
  EXPECT_EQ(nearest("evrey", kWords), "every");
  EXPECT_EQ(nearest("retires", kWords), "retries");
  EXPECT_EQ(nearest("prioritty", kWords), "priority");
  EXPECT_EQ(nearest("runs", kWords), "run");
}

TEST(Suggest, CaseIsNoEdit) { EXPECT_EQ(nearest("p2", kWords), "P2"); }

TEST(Suggest, WhatIsFarIsNotSuggested) {
  EXPECT_EQ(nearest("database", kWords), std::nullopt);
  EXPECT_EQ(nearest("P9", kWords), std::nullopt);
  EXPECT_EQ(nearest("", kWords), std::nullopt);
}

TEST(Suggest, OfTwoEquallyNearTheFirstIsTaken) {
  constexpr std::array<std::string_view, 2> kTwins{"job_a", "job_b"};
  EXPECT_EQ(nearest("job_c", kTwins), "job_a");
}

TEST(Suggest, AMegabyteHasNoNeighbours) {
  const std::string megabyte(1 << 20, 'e');
  const std::vector<std::string_view> candidates(100'000, std::string_view{megabyte});
  EXPECT_EQ(nearest(megabyte, candidates), std::nullopt);
  EXPECT_EQ(nearest("every", candidates), std::nullopt);
}

}  // namespace
}  // namespace takt::fleet
