#include "cli/people.h"

#include <gtest/gtest.h>

#include "core/vocabulary.h"

namespace takt::cli {
namespace {

using namespace std::chrono_literals;

TEST(People, DurationsHaveTheTwoUnitsThatMatter) {
  EXPECT_EQ(friendly(Duration(0ms)), "0ms");
  EXPECT_EQ(friendly(Duration(999ms)), "999ms");
  EXPECT_EQ(friendly(Duration(4250ms)), "4.2s");
  EXPECT_EQ(friendly(Duration(42s)), "42s");
  EXPECT_EQ(friendly(Duration(192s)), "3m12s");
  EXPECT_EQ(friendly(Duration(125min)), "2h05m");
  EXPECT_EQ(friendly(Duration(76h)), "3d04h");
  EXPECT_EQ(friendly(Duration(-90s)), "-1m30s");
  EXPECT_EQ(friendly(std::nullopt), "-");
}

TEST(People, TimesAreUtcInWholeSeconds) {
  EXPECT_EQ(clock_time(parse_rfc3339("2026-03-08T06:30:00.250Z")), "2026-03-08 06:30:00Z");
  EXPECT_EQ(clock_time(std::nullopt), "-");
}

TEST(People, RelativeTimesSayWhichWay) {
  const auto now = wall_from_millis(1'000'000);
  EXPECT_EQ(relative(now + 5min, now), "in 5m00s");
  EXPECT_EQ(relative(now - 5min, now), "5m00s ago");
  EXPECT_EQ(relative(now, now), "now");
  EXPECT_EQ(relative(std::nullopt, now), "-");
}

TEST(People, EveryWordOfTheFleetHasAGlyph) {
  const auto check = [](const auto& words) {
    for (const auto& word : words) {
      EXPECT_FALSE(mark_of(word).glyph.empty());
      EXPECT_NE(marked(word).find(word), std::string::npos);
    }
  };
  check(kWords<core::JobState>);
  check(kWords<core::RunState>);
  check(kWords<core::Outcome>);
  check(kWords<core::Disposition>);
}

TEST(People, ColourIsOnlyEverAdded) {
  EXPECT_EQ(painted("ok", Paint::green, false), "ok");
  EXPECT_EQ(painted("ok", Paint::green, true), "\x1b[32mok\x1b[0m");
  EXPECT_EQ(painted("ok", Paint::plain, true), "ok");
}

}  // namespace
}  // namespace takt::cli
