#include "imports/calendar.h"

#include <gtest/gtest.h>

#include <string>

namespace takt::imports {
namespace {

/// "expression", with "and" and the zone behind it; for what has no equal "!" and why.
std::string read(std::string_view text) {
  const auto calendar = parse_calendar(text);
  if (!calendar) return "! " + calendar.error().message;
  if (calendar->instant) return "@ " + format_rfc3339(*calendar->instant);
  std::string out = calendar->expression;
  if (calendar->both_days) out += " and";
  if (calendar->year) out += " in " + std::to_string(*calendar->year);
  if (!calendar->zone.empty()) out += " " + calendar->zone;
  return out;
}

TEST(Calendar, NamesStandForTheirTimes) {
  EXPECT_EQ(read("minutely"), "* * * * *");
  EXPECT_EQ(read("hourly"), "0 * * * *");
  EXPECT_EQ(read("daily"), "0 0 * * *");
  EXPECT_EQ(read("weekly"), "0 0 * * mon");
  EXPECT_EQ(read("monthly"), "0 0 1 * *");
  EXPECT_EQ(read("quarterly"), "0 0 1 1,4,7,10 *");
  EXPECT_EQ(read("semi-annually"), "0 0 1 1,7 *");
  EXPECT_EQ(read("Yearly"), "0 0 1 1 *");
  EXPECT_EQ(read("daily Europe/Berlin"), "0 0 * * * Europe/Berlin");
}

TEST(Calendar, WhatIsLeftOutIsMidnightOrAnyDay) {
  EXPECT_EQ(read("04:30"), "30 4 * * *");
  EXPECT_EQ(read("Sat"), "0 0 * * sat");
  EXPECT_EQ(read("*-12-24"), "0 0 24 12 *");
  EXPECT_EQ(read("12-24 18:00"), "0 18 24 12 *");
}

TEST(Calendar, ListsRangesAndSteps) {
  EXPECT_EQ(read("Mon..Fri *-*-* 09:00:00"), "0 9 * * mon-fri");
  EXPECT_EQ(read("Mon,Wed..Fri,sunday 1,2..4:05"), "5 1,2-4 * * mon,wed-fri,sun");
  EXPECT_EQ(read("*:0/5"), "*/5 * * * *");
  EXPECT_EQ(read("*:2/5"), "2/5 * * * *");
  EXPECT_EQ(read("*:*/15"), "*/15 * * * *");
  EXPECT_EQ(read("8..18/2:00"), "0 8-18/2 * * *");
  EXPECT_EQ(read("*-*-1,15 04:00"), "0 4 1,15 * *");
  EXPECT_EQ(read("*-1..3/2-01 04:00 UTC"), "0 4 1 1-3/2 * UTC");
  EXPECT_EQ(read("*-*-01/7 00:00"), "0 0 */7 * *");
}

TEST(Calendar, SecondsTakeASixthField) {
  EXPECT_EQ(read("*:*:0/10"), "*/10 * * * * *");
  EXPECT_EQ(read("10:20:30"), "30 20 10 * * *");
  EXPECT_EQ(read("10:20:00"), "20 10 * * *");
  EXPECT_EQ(read("10:20:00.000"), "20 10 * * *");
  EXPECT_EQ(read("*:*:0..20/10"), "0-20/10 * * * * *");
}

TEST(Calendar, AWeekdayAndADayMustBothMatch) {
  EXPECT_EQ(read("Mon *-*-1..7 09:00"), "0 9 1-7 * mon and");
}

TEST(Calendar, ASingleInstantIsOnce) {
  EXPECT_EQ(read("2037-01-02 03:04"), "4 3 2 1 * in 2037");
  EXPECT_EQ(read("@1893456000"), "@ 2030-01-01T00:00:00.000Z");
}

TEST(Calendar, WhatHasNoEqualSaysSo) {
  EXPECT_EQ(read("*-*~1"), "! counts days from the end of the month (~), which has no equal");
  EXPECT_EQ(read("2030-*-1"), "! has years, which have no equal but for a single instant");
  EXPECT_EQ(read("*:*:0.5"), "! has parts of a second, which have no equal");
}

TEST(Calendar, NonsenseIsRefused) {
  for (const auto* text : {"",
                           " ",
                           "25:00",
                           "*-13-1",
                           "*-*-0",
                           "Mon..",
                           "Mon.. 9:00",
                           "10:20:30:40",
                           "1:2 3:4",
                           "-",
                           ":",
                           "*-*-*-* 1:1",
                           "*:0/0",
                           "*:5..2",
                           "x",
                           "*-02-30",
                           "9:99999999999999999999",
                           "@",
                           "@x",
                           "1-2-3-4",
                           "*-*-* 10:00 Europe/Berlin extra",
                           ",",
                           "*:,",
                           "*:..",
                           "*:/",
                           "Mon,,Tue"}) {
    EXPECT_EQ(read(text).substr(0, 2), "! ") << text << " " << read(text);
  }
}

TEST(Calendar, TwoThatDifferInOneFieldAreOne) {
  const auto sum = [](std::string_view a, std::string_view b) {
    const auto both = merged(*parse_calendar(a), *parse_calendar(b));
    return both ? both->expression : std::string{"-"};
  };
  EXPECT_EQ(sum("04:00", "16:00"), "0 4,16 * * *");
  EXPECT_EQ(sum("Mon 04:00", "Thu 04:00"), "0 4 * * mon,thu");
  EXPECT_EQ(sum("04:00", "16:30"), "-");
  EXPECT_EQ(sum("04:00", "Mon 04:00"), "-");
  EXPECT_EQ(sum("04:00", "16:00 UTC"), "-");
  EXPECT_EQ(sum("04:00", "04:00:30"), "-");
}

}  // namespace
}  // namespace takt::imports
