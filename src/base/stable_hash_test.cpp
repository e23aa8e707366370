#include "base/stable_hash.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace takt {
namespace {

// Stored slots were drawn from these values: a change here is a change of the database format.
TEST(StableHash, ValuesNeverChange) { EXPECT_EQ(stable_hash("plan", 0), 198643258655125820U); }

TEST(StableHash, DependsOnTextAndNumber) {
  EXPECT_NE(stable_hash("plan", 1), stable_hash("plan", 2));
  EXPECT_NE(stable_hash("plan", 1), stable_hash("plans", 1));
}

TEST(HashBelow, StaysBelowAndReachesBothEnds) {
  EXPECT_EQ(hash_below(0, 10), 0);
  EXPECT_EQ(hash_below(~0ULL, 10), 9);
  EXPECT_EQ(hash_below(~0ULL, 1), 0);
  EXPECT_EQ(hash_below(~0ULL, 0), 0);
}

}  // namespace
}  // namespace takt
