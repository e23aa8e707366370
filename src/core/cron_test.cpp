#include "core/cron.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <set>
#include <string>

#include "core/cron_calendar.h"

namespace takt::core {
namespace {

CronFields read(std::string_view text, std::string_view job = "job",
                DayMode mode = DayMode::either) {
  const auto fields = parse_cron(text, job, mode);
  EXPECT_TRUE(fields) << text << ": " << (fields ? "" : fields.error().message);
  return fields.value_or(CronFields{});
}

/// The values of a set as "1 2 3".
std::string values(std::uint64_t set) {
  std::string text;
  for (unsigned i = 0; i < 64; ++i) {
    if ((set >> i & 1U) != 0) text += fmt::format("{}{}", text.empty() ? "" : " ", i);
  }
  return text;
}

std::string complaint(std::string_view text) {
  const auto fields = parse_cron(text, "job");
  if (fields) return "none";
  return fmt::format("{}: {}", fields.error().offset, fields.error().message);
}

TEST(Cron, FiveFieldsHaveSecondZeroAndSixBeginWithSeconds) {
  EXPECT_EQ(values(read("5 * * * *").seconds), "0");
  EXPECT_EQ(values(read("5 * * * *").minutes), "5");
  EXPECT_EQ(values(read("7 5 * * * *").seconds), "7");
  EXPECT_EQ(values(read("7 5 * * * *").minutes), "5");
}

TEST(Cron, ListsRangesAndSteps) {
  EXPECT_EQ(values(read("1,3,5 * * * *").minutes), "1 3 5");
  EXPECT_EQ(values(read("1-3,8 * * * *").minutes), "1 2 3 8");
  EXPECT_EQ(values(read("*/20 * * * *").minutes), "0 20 40");
  EXPECT_EQ(values(read("5-20/5 * * * *").minutes), "5 10 15 20");
  EXPECT_EQ(values(read("50/3 * * * *").minutes), "50 53 56 59");
  EXPECT_EQ(values(read("*/100 * * * *").minutes), "0");
  EXPECT_EQ(values(read("?/30 * * * *").minutes), "0 30");
}

TEST(Cron, RangesWrap) {
  EXPECT_EQ(values(read("0 22-2 * * *").hours), "0 1 2 22 23");
  EXPECT_EQ(values(read("0 22-3/2 * * *").hours), "0 2 22");
  EXPECT_EQ(values(read("0 0 * nov-feb *").months), "1 2 11 12");
  EXPECT_EQ(values(read("0 0 30-2 * *").days), "1 2 30 31");
  EXPECT_EQ(values(read("0 0 * * fri-mon").weekdays), "0 1 5 6");
}

TEST(Cron, SevenIsSunday) {
  EXPECT_EQ(values(read("0 0 * * 7").weekdays), "0");
  EXPECT_EQ(values(read("0 0 * * 5-7").weekdays), "0 5 6");
  EXPECT_EQ(values(read("0 0 * * 7-2").weekdays), "0 1 2");
  EXPECT_EQ(values(read("0 0 * * 0-7").weekdays), "0 1 2 3 4 5 6");
  EXPECT_EQ(values(read("0 0 * * 1-7").weekdays), "0 1 2 3 4 5 6");
  EXPECT_EQ(values(read("0 0 * * 7/2").weekdays), "0 2 4 6");
  EXPECT_EQ(values(read("0 0 * * sun").weekdays), "0");
}

TEST(Cron, NamesAreOfAnyCase) { EXPECT_EQ(read("0 0 * JAN,Jul Mon-FRI"), read("0 0 * 1,7 1-5")); }

TEST(Cron, WhiteSpaceIsBlanksAndTabs) { EXPECT_EQ(read(" \t0  0\t* * * "), read("0 0 * * *")); }

TEST(Cron, ShortForms) {
  EXPECT_EQ(read("@hourly"), read("0 * * * *"));
  EXPECT_EQ(read("@daily"), read("0 0 * * *"));
  EXPECT_EQ(read("@midnight"), read("0 0 * * *"));
  EXPECT_EQ(read("@weekly"), read("0 0 * * 0"));
  EXPECT_EQ(read("@monthly"), read("0 0 1 * *"));
  EXPECT_EQ(read("@Yearly"), read("0 0 1 1 *"));
  EXPECT_EQ(read(" @annually "), read("0 0 1 1 *"));
}

TEST(Cron, HIsOneStableValueOfTheJob) {
  EXPECT_EQ(read("H H * * *", "a"), read("H H * * *", "a"));
  std::set<std::string> minutes;
  for (int i = 0; i < 200; ++i) {
    const CronFields f = read("H H(1-5) H H H", fmt::format("job{}", i));
    for (const std::uint64_t set : {f.minutes, std::uint64_t{f.hours}, std::uint64_t{f.days},
                                    std::uint64_t{f.months}, std::uint64_t{f.weekdays}}) {
      EXPECT_EQ(std::popcount(set), 1);
    }
    EXPECT_EQ(f.hours & ~0b111110U, 0U);
    EXPECT_LE(std::bit_width(f.days), 29) << "a day that every month has";
    minutes.insert(values(f.minutes));
  }
  EXPECT_GT(minutes.size(), 40U);
  EXPECT_TRUE(read("H H * * *").fixed_time);
}

TEST(Cron, HWithAStepBeginsAtAStableValueBelowIt) {
  for (int i = 0; i < 50; ++i) {
    const CronFields f = read("H/20 * * * *", fmt::format("job{}", i));
    EXPECT_EQ(std::popcount(f.minutes), 3);
    EXPECT_LT(std::countr_zero(f.minutes), 20);
    EXPECT_FALSE(f.fixed_time);
    const CronFields within = read("H(10-19)/5 * * * *", fmt::format("job{}", i));
    EXPECT_EQ(std::popcount(within.minutes), 2);
    EXPECT_EQ(within.minutes & ~0xFFC00U, 0U);
  }
}

TEST(Cron, AFixedTimeHasNoWildcardInMinuteAndHour) {
  EXPECT_TRUE(read("30 2 * * *").fixed_time);
  EXPECT_TRUE(read("* 30 2 * * *").fixed_time);
  EXPECT_TRUE(read("0,30 1-3 */2 * *").fixed_time);
  EXPECT_FALSE(read("* 2 * * *").fixed_time);
  EXPECT_FALSE(read("30 */2 * * *").fixed_time);
  EXPECT_FALSE(read("30 ? * * *").fixed_time);
  EXPECT_FALSE(read("0 1-3/1 * * *").fixed_time);
}

TEST(Cron, DaysAddUpOnlyWhenBothAreRestricted) {
  EXPECT_TRUE(read("0 0 1 * mon").days_add_up());
  EXPECT_FALSE(read("0 0 1 * *").days_add_up());
  EXPECT_FALSE(read("0 0 */2 * mon").days_add_up());
  EXPECT_FALSE(read("0 0 ? * mon").days_add_up());
  EXPECT_FALSE(read("0 0 1 * mon", "job", DayMode::both).days_add_up());
}

TEST(Cron, WhatIsNoExpressionIsBlamedAtItsPlace) {
  EXPECT_EQ(complaint(""), "0: is empty");
  EXPECT_EQ(complaint("5"), "1: has 1 field instead of 5 or 6");
  EXPECT_EQ(complaint("* * * * * * *"), "12: has 7 fields: there is none for the year");
  EXPECT_EQ(complaint("60 * * * *"), "0: has 60 as its minute");
  EXPECT_EQ(complaint("0 0 0 * *"), "4: has 0 as its day of month");
  EXPECT_EQ(complaint("0 0 * 13 *"), "6: has 13 as its month");
  EXPECT_EQ(complaint("0 0 * * 8"), "8: has 8 as its day of week");
  EXPECT_EQ(complaint("0 0 * * mun"), "8: has no day of week 'mun'");
  EXPECT_EQ(complaint("1, * * * *"), "2: lacks a value in its minute '1,'");
  EXPECT_EQ(complaint(",1 * * * *"), "0: lacks a value in its minute ',1'");
  EXPECT_EQ(complaint("1- * * * *"), "2: lacks a value in its minute '1-'");
  EXPECT_EQ(complaint("*/ * * * *"), "2: lacks a value in its minute '*/'");
  EXPECT_EQ(complaint("*/0 * * * *"), "2: has a step of 0 in its minute");
  EXPECT_EQ(complaint("H(9-3) * * * *"), "2: has a range of H that runs backwards in its minute");
  EXPECT_EQ(complaint("H(1-3 * * * *"), "5: lacks a value in its minute 'H(1-3'");
  EXPECT_EQ(complaint("x * * * *"), "0: has 'x' in its minute");
  EXPECT_EQ(complaint("-5 * * * *"), "0: has '-5' in its minute");
  EXPECT_EQ(complaint("99999999999999999999 * * * *"), "0: has 99999999999999999999 as its minute");
  EXPECT_EQ(complaint("0 0 L * *"),
            "4: has 'L' in its day of month: L, W and # are not known here");
  EXPECT_EQ(complaint("0 0 * * 5#2"),
            "9: has '#' in its day of week: L, W and # are not known here");
  EXPECT_EQ(complaint("@reboot"), "0: has @reboot, which is no time");
  EXPECT_EQ(complaint("@every 5m"), "0: has @every");
  EXPECT_EQ(complaint("@hourli"), "0: has an unknown form '@hourli'");
  EXPECT_EQ(complaint("TZ=UTC 0 0 * * *"), "0: begins with 'TZ=UTC'");
  EXPECT_EQ(complaint("0 0 * * *\n"), "9: has more than one line");
  EXPECT_EQ(complaint(std::string(2000, '1')), "0: is longer than 1000 characters");
}

TEST(Cron, DatesThatNeverComeAreErrors) {
  EXPECT_EQ(complaint("0 0 30 2 *"), "4: never comes: no month '2' has a day '30'");
  EXPECT_EQ(complaint("0 0 31 2,4,6,9,11 *"),
            "4: never comes: no month '2,4,6,9,11' has a day '31'");
  EXPECT_EQ(complaint("0 0 29 2 *"), "none");
  EXPECT_EQ(complaint("0 0 31 4,5 *"), "none");
  EXPECT_EQ(complaint("0 0 30 2 mon"), "none") << "its Mondays come";
  EXPECT_FALSE(parse_cron("0 0 30 2 mon", "job", DayMode::both));
}

TEST(Cron, EqualFingerprintsAreEqualTimes) {
  EXPECT_EQ(cron_fingerprint(read("0 0 * * 1-5")), cron_fingerprint(read("0 0 * * mon-fri")));
  EXPECT_NE(cron_fingerprint(read("0 0 1 * 1")),
            cron_fingerprint(read("0 0 1 * 1", "job", DayMode::both)));
}

LocalTime at(int y, unsigned mo, unsigned d, int h = 0, int mi = 0, int s = 0) {
  return std::chrono::local_days{std::chrono::year{y} / static_cast<int>(mo) /
                                 static_cast<int>(d)} +
         std::chrono::hours{h} + std::chrono::minutes{mi} + std::chrono::seconds{s};
}

TEST(CronCalendar, LeapDaysAreFoundAcrossTheCentury) {
  EXPECT_EQ(first_match(read("0 0 29 2 *"), at(2096, 3, 1), at(2200, 1, 1)), at(2104, 2, 29));
  const CronFields mondays = read("0 0 29 2 mon", "job", DayMode::both);
  EXPECT_EQ(first_match(mondays, at(2024, 1, 1), at(2400, 1, 1)), at(2044, 2, 29));
  EXPECT_EQ(first_match(mondays, at(2072, 3, 1), at(2400, 1, 1)), at(2112, 2, 29)) << "40 years";
}

TEST(CronCalendar, MonthEdges) {
  const CronFields last = read("59 59 23 31 * *");
  EXPECT_EQ(first_match(last, at(2026, 1, 31, 23, 59, 59), at(2027, 1, 1)),
            at(2026, 1, 31, 23, 59, 59));
  EXPECT_EQ(first_match(last, at(2026, 2, 1), at(2027, 1, 1)), at(2026, 3, 31, 23, 59, 59));
  EXPECT_EQ(last_match(last, at(2026, 1, 1), at(2026, 3, 31, 23, 59, 59)),
            at(2026, 1, 31, 23, 59, 59));
  EXPECT_EQ(first_match(last, at(2026, 2, 1), at(2026, 3, 31, 23, 59, 59)), std::nullopt);
}

TEST(CronCalendar, CountsAYearOfSeconds) {
  EXPECT_EQ(count_matches(read("* * * * * *"), at(2026, 1, 1), at(2027, 1, 1)), 365 * 86'400);
  EXPECT_EQ(count_matches(read("0 0 29 2 *"), at(1901, 1, 1), at(2101, 1, 1)), 49);
  EXPECT_EQ(count_matches(read("*/7 * * * *"), at(2026, 1, 1, 0, 7), at(2026, 1, 1, 0, 7)), 0);
  EXPECT_EQ(count_matches(read("*/7 * * * *"), at(2026, 1, 1, 0, 7), at(2026, 1, 1, 0, 15)), 2);
}

}  // namespace
}  // namespace takt::core
