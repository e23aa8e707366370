#include "fleet/wall_advice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fleet/decode_testing.h"

namespace takt::fleet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> advice_on(const std::string& lines,
                                   std::string_view now = "2026-01-01T00:00:00Z") {
  std::vector<std::string> told;
  const auto job = testing::job_of("[job.a]\nrun = 'x'\n" + lines);
  for (const WallAdvice& advice : advise_on_wall(job, parse_rfc3339(now))) {
    told.push_back(std::string{advice.key} + ": " + advice.message);
  }
  return told;
}

TEST(WallAdvice, SlotsInAGapOfTheNextYearAreNamed) {
  EXPECT_THAT(advice_on("cron = '30 2 * * *'\ntimezone = 'America/New_York'\n"),
              ElementsAre("cron: a slot falls into a DST gap: 2026-03-08 02:30 does not exist in "
                          "America/New_York: it runs once at 2026-03-08T07:00:00Z"));
  EXPECT_THAT(
      advice_on("cron = '30 2 * * *'\ntimezone = 'America/New_York'\n", "2026-03-15T00:00:00Z"),
      ElementsAre(HasSubstr("2027-03-14T07:00:00Z")));
  EXPECT_THAT(advice_on("cron = '0,20,40 2 * * *'\ntimezone = 'Europe/Berlin'\ndst_gap = 'skip'\n"),
              ElementsAre("cron: a slot falls into a DST gap: 2026-03-29 02:00 to 02:40 does not "
                          "exist in Europe/Berlin: nothing runs for it"));
}

TEST(WallAdvice, WhatFollowsRealTimeMindsOnlyTheLossOfItsHours) {
  EXPECT_THAT(advice_on("cron = '*/15 * * * *'\ntimezone = 'Europe/Berlin'\n"), IsEmpty());
  EXPECT_THAT(advice_on("cron = '*/15 2 * * *'\ntimezone = 'Europe/Berlin'\n"),
              ElementsAre(HasSubstr("nothing runs for it")));
}

TEST(WallAdvice, NoGapNoAdvice) {
  EXPECT_THAT(advice_on("cron = '30 4 * * *'\ntimezone = 'Europe/Berlin'\n"), IsEmpty());
  EXPECT_THAT(advice_on("cron = '30 2 * * *'\n"), IsEmpty());
  EXPECT_THAT(advice_on("cron = '30 2 1 7 *'\ntimezone = 'Europe/Berlin'\n"), IsEmpty());
}

TEST(WallAdvice, TwoKindsOfDay) {
  EXPECT_THAT(advice_on("cron = '0 9 1 * mon'\n"),
              ElementsAre(HasSubstr("it runs on the days that are in either")));
  EXPECT_THAT(advice_on("cron = '0 9 */2 * mon'\n"),
              ElementsAre(HasSubstr("it runs on the days that are in both")));
  EXPECT_THAT(advice_on("cron = '0 9 1 * mon'\ndow_mode = 'and'\n"), IsEmpty());
  EXPECT_THAT(advice_on("cron = '0 9 1 * *'\n"), IsEmpty());
  EXPECT_THAT(advice_on("cron = '0 9 * * mon'\n"), IsEmpty());
}

TEST(WallAdvice, AnAtThatHasPassed) {
  constexpr auto kAt = "at = '2026-12-01T09:00:00Z'\n";
  EXPECT_THAT(advice_on(kAt), IsEmpty());
  EXPECT_THAT(advice_on(kAt, "2026-12-01T09:00:00Z"),
              ElementsAre(HasSubstr("at: 2026-12-01T09:00:00Z has passed")));
}

TEST(WallAdvice, WithoutANowOnlyWhatNoTimeChanges) {
  const auto job =
      testing::job_of("[job.a]\nrun = 'x'\ncron = '30 2 1 * mon'\ntimezone = 'America/New_York'\n");
  EXPECT_EQ(advise_on_wall(job, std::nullopt).size(), 1U);
}

}  // namespace
}  // namespace takt::fleet
