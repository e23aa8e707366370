#include "core/retry.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>
#include <limits>

namespace takt::core {
namespace {

using namespace std::chrono_literals;

TEST(Retry, WaitsAreTheTableOfTheHeader) {
  const RetryPolicy policy;
  const Duration expected[] = {2s, 4s, 8s, 16s, 30s, 30s};
  for (int nth = 1; nth <= 6; ++nth) EXPECT_EQ(retry_wait(policy, nth, 1), expected[nth - 1]);
}

TEST(Retry, BelowTheFirstCountsAsTheFirst) {
  EXPECT_EQ(retry_wait({}, 0, 1), 2s);
  EXPECT_EQ(retry_wait({}, std::numeric_limits<int>::min(), 1), 2s);
}

TEST(Retry, LargeCountsSaturateAtTheCeiling) {
  EXPECT_EQ(retry_wait({}, 1'000, 1), 30s);
  EXPECT_EQ(retry_wait({}, std::numeric_limits<int>::max(), 1), 30s);
}

TEST(Retry, AFirstWaitOfZeroStaysZeroForEver) {
  RetryPolicy policy;
  policy.first = 0s;
  EXPECT_EQ(retry_wait(policy, 1, 1), 0s);
  EXPECT_EQ(retry_wait(policy, std::numeric_limits<int>::max(), 1), 0s);
}

TEST(Retry, FactorOneWaitsTheSameEachTime) {
  RetryPolicy policy;
  policy.factor = 1;
  EXPECT_EQ(retry_wait(policy, 50, 1), 2s);
}

TEST(Retry, TheCeilingHoldsForTheFirstWaitToo) {
  RetryPolicy policy;
  policy.first = 1min;
  EXPECT_EQ(retry_wait(policy, 1, 1), 30s);
}

RC_GTEST_PROP(RetryLaws, JitterStaysWithinItsShareAndIsTheSameOnReplay,
              (std::uint64_t seed, bool full)) {
  RetryPolicy policy;
  policy.jitter = full ? 1.0 : 0.25;
  const int nth = *rc::gen::inRange(1, 10);
  const auto plain = static_cast<double>(retry_wait({}, nth, seed).count());
  const Duration wait = retry_wait(policy, nth, seed);
  RC_ASSERT(static_cast<double>(wait.count()) >= plain * (1 - policy.jitter) - 1);
  RC_ASSERT(static_cast<double>(wait.count()) <= plain * (1 + policy.jitter) + 1);
  RC_ASSERT(wait == retry_wait(policy, nth, seed));
}

TEST(Retry, DifferentSeedsSpreadTheWaits) {
  RetryPolicy policy;
  policy.jitter = 0.5;
  EXPECT_NE(retry_wait(policy, 1, 1ULL << 60U), retry_wait(policy, 1, 1ULL << 63U));
}

TEST(Retry, ByDefaultFailuresOfTheJobAreRetriedAndNothingElse) {
  const RetryPolicy policy;
  EXPECT_TRUE(retries_outcome(policy, Outcome::failed, 1));
  EXPECT_TRUE(retries_outcome(policy, Outcome::failed, std::nullopt)) << "a signal";
  EXPECT_TRUE(retries_outcome(policy, Outcome::timeout, std::nullopt));
  EXPECT_TRUE(retries_outcome(policy, Outcome::oom, std::nullopt));
  EXPECT_TRUE(retries_outcome(policy, Outcome::spawn_failed, std::nullopt));
  EXPECT_FALSE(retries_outcome(policy, Outcome::hung, std::nullopt));
  EXPECT_FALSE(retries_outcome(policy, Outcome::cancelled, std::nullopt));
  EXPECT_FALSE(retries_outcome(policy, Outcome::ok, 0));
}

TEST(Retry, AListedExitCodeIsRetriedWithoutTheOthers) {
  RetryPolicy policy;
  policy.on = {Outcome::timeout};
  policy.on_exit_codes = {75};
  EXPECT_TRUE(retries_outcome(policy, Outcome::failed, 75));
  EXPECT_FALSE(retries_outcome(policy, Outcome::failed, 1));
  EXPECT_FALSE(retries_outcome(policy, Outcome::failed, std::nullopt));
  EXPECT_TRUE(retries_outcome(policy, Outcome::timeout, std::nullopt));
}

TEST(Retry, LossesAndCancellationsAreNotTheJobsFailures) {
  EXPECT_FALSE(counts_as_failure(Outcome::ok));
  EXPECT_FALSE(counts_as_failure(Outcome::lost));
  EXPECT_FALSE(counts_as_failure(Outcome::browser_lost));
  EXPECT_FALSE(counts_as_failure(Outcome::cancelled));
  EXPECT_TRUE(counts_as_failure(Outcome::failed));
  EXPECT_TRUE(counts_as_failure(Outcome::timeout));
  EXPECT_TRUE(counts_as_failure(Outcome::hung));
  EXPECT_TRUE(counts_as_failure(Outcome::oom));
  EXPECT_TRUE(counts_as_failure(Outcome::spawn_failed));
}

}  // namespace
}  // namespace takt::core
