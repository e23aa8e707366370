#include "base/compact_optional.h"

#include <gtest/gtest.h>

#include "base/time.h"

namespace takt {
namespace {

using Maybe = CompactOptional<Instant>;
constexpr Instant kAt{Duration{5}};

TEST(CompactOptional, HoldsNothingAtFirstAndAfterReset) {
  Maybe maybe;
  EXPECT_FALSE(maybe);
  maybe = kAt;
  EXPECT_TRUE(maybe);
  maybe.reset();
  EXPECT_FALSE(maybe.has_value());
}

TEST(CompactOptional, TellsZeroFromNothing) {
  const Maybe zero = Instant{};
  EXPECT_TRUE(zero);
  EXPECT_EQ(zero.value_or(kAt), Instant{});
  EXPECT_EQ(Maybe{}.value_or(kAt), kAt);
}

TEST(CompactOptional, IsAnOptionalToOthers) {
  const std::optional<Instant> none = Maybe{};
  const std::optional<Instant> some = Maybe{kAt};
  EXPECT_EQ(none, std::nullopt);
  EXPECT_EQ(some, kAt);
  EXPECT_EQ(Maybe{some}, Maybe{kAt});
  EXPECT_EQ(Maybe{none}, Maybe{});
}

TEST(CompactOptional, OrdersNothingBeforeEverything) {
  EXPECT_LT(Maybe{}, Maybe{Instant{Duration{-1'000'000}}});
  EXPECT_LT(Maybe{Instant{}}, Maybe{kAt});
}

TEST(CompactOptional, TakesNoMoreRoomThanItsValue) { EXPECT_EQ(sizeof(Maybe), sizeof(Instant)); }

}  // namespace
}  // namespace takt
