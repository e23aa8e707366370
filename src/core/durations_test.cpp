#include "core/durations.h"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace takt::core {
namespace {

using namespace std::chrono_literals;

TEST(Durations, WithoutHistoryThereIsNoPercentile) {
  EXPECT_EQ(Durations{}.percentile(0.5), std::nullopt);
}

TEST(Durations, ASingleRunIsEveryPercentile) {
  Durations durations;
  durations.add(7s);
  for (const double share : {0.0, 0.5, 0.95, 1.0}) EXPECT_EQ(durations.percentile(share), 7s);
}

TEST(Durations, PercentilesAreLengthsThatWereSeen) {
  Durations durations;
  for (int i = 20; i >= 1; --i) durations.add(std::chrono::seconds{i});
  EXPECT_EQ(durations.percentile(0.5), 10s);
  EXPECT_EQ(durations.percentile(0.95), 19s);
  EXPECT_EQ(durations.percentile(1.0), 20s);
}

TEST(Durations, TheKeptP95IsThatOfTheLengthsKept) {
  Durations durations;
  std::vector<Duration> lengths;
  EXPECT_EQ(durations.p95(), std::nullopt);
  for (int i = 0; i < 200; ++i) {
    lengths.push_back(std::chrono::seconds{(i * 37) % 101});
    durations.add(lengths.back());
    EXPECT_EQ(durations.p95(), durations.percentile(0.95));
    EXPECT_EQ(durations.p95(), Durations{lengths}.p95());
  }
}

TEST(Durations, OnlyTheLastFiftyCount) {
  Durations durations;
  for (int i = 0; i < 30; ++i) durations.add(1h);
  for (int i = 0; i < 49; ++i) durations.add(1s);
  EXPECT_EQ(durations.percentile(1.0), 1h);
  durations.add(1s);
  EXPECT_EQ(durations.percentile(1.0), 1s);
}

TEST(Durations, ExpectedLengthIsHistoryBeforeExpectBeforeAMinute) {
  Durations durations;
  EXPECT_EQ(expected_longest(durations, std::nullopt), 1min);
  EXPECT_EQ(expected_longest(durations, 5s), 5s);
  durations.add(3s);
  EXPECT_EQ(expected_longest(durations, 5s), 3s);
}

}  // namespace
}  // namespace takt::core
