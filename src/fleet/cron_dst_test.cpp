// Cron in the zones of the world: the worked cases of tests/vectors/cron_dst.tsv, and what comes after
// the last change that a zone file tabulates.

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "base/time.h"
#include "core/cron_slots.h"
#include "fleet/timezone.h"

namespace takt::fleet {
namespace {

using namespace std::chrono_literals;
using core::CronRule;
using core::Second;
using Times = std::vector<std::string>;

Second second(std::string_view text) {
  return std::chrono::floor<std::chrono::seconds>(parse_rfc3339(text).value());
}

CronRule rule(std::string_view text, std::string_view zone) {
  Zones zones;
  const auto& found = zones.find(zone);
  EXPECT_TRUE(found) << zone;
  return core::make_cron_rule(core::parse_cron(text, "job").value(), found.value());
}

/// The next `count` slots after `from` as "03-08T07:00Z", with the year where `with_year`.
Times slots_after(const CronRule& rule, std::string_view from, std::size_t count,
                  bool with_year = false) {
  Times found;
  Second at = second(from);
  while (found.size() < count) {
    const auto slot = core::cron_slot_from(rule, at + 1s);
    if (!slot) break;
    at = *slot;
    const std::string text = format_rfc3339(at);
    found.push_back(text.substr(with_year ? 0 : 5, with_year ? 16 : 11) + "Z");
  }
  return found;
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(' ');
  const auto last = text.find_last_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

TEST(CronDst, AllWorkedCases) {
  std::ifstream file{TAKT_SOURCE_DIR "/tests/vectors/cron_dst.tsv"};
  int cases = 0;
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string> cells;
    std::istringstream row{line};
    for (std::string cell; std::getline(row, cell, '\t');) cells.push_back(trimmed(cell));
    ASSERT_EQ(cells.size(), 5U) << line;
    ++cases;
    const CronRule of_case = rule(cells[2], cells[1]);
    Times wanted;
    std::istringstream times{cells[4]};
    for (std::string time; times >> time;) wanted.push_back(time);
    if (wanted.front() == "none") {
      const auto next = core::cron_slot_from(of_case, second(cells[3]) + 1s);
      ASSERT_TRUE(next);
      EXPECT_GT(*next - second(cells[3]), std::chrono::days{300}) << cells[0];
    } else {
      EXPECT_EQ(slots_after(of_case, cells[3], wanted.size()), wanted) << cells[0];
    }
  }
  EXPECT_EQ(cases, 20);
}

TEST(CronDst, NewYorkIn2060And2100FollowsTheRuleOfTheFooter) {
  const CronRule at_two_thirty = rule("30 2 * * *", "America/New_York");
  EXPECT_EQ(slots_after(at_two_thirty, "2060-03-13T12:00:00Z", 3, true),
            (Times{"2060-03-14T07:00Z", "2060-03-15T06:30Z", "2060-03-16T06:30Z"}));
  EXPECT_EQ(slots_after(at_two_thirty, "2100-03-13T12:00:00Z", 2, true),
            (Times{"2100-03-14T07:00Z", "2100-03-15T06:30Z"}));
  const CronRule at_one_thirty = rule("30 1 * * *", "America/New_York");
  EXPECT_EQ(slots_after(at_one_thirty, "2060-11-06T12:00:00Z", 2, true),
            (Times{"2060-11-07T05:30Z", "2060-11-08T06:30Z"}));
  EXPECT_EQ(slots_after(rule("0 12 1 7 *", "America/New_York"), "2060-01-01T00:00:00Z", 1, true),
            (Times{"2060-07-01T16:00Z"}));
}

TEST(CronDst, SouthernSummersAfterTheTable) {
  EXPECT_EQ(slots_after(rule("0 12 1 1,7 *", "Australia/Sydney"), "2070-01-15T00:00:00Z", 2, true),
            (Times{"2070-07-01T02:00Z", "2071-01-01T01:00Z"}));
}

TEST(CronDst, ChangesBeforeMidnightAndBeyondADay) {
  // America/Nuuk changes at -1 o'clock, Asia/Gaza at 50 o'clock.
  EXPECT_EQ(slots_after(rule("0 12 1 1,7 *", "America/Nuuk"), "2050-01-15T00:00:00Z", 2, true),
            (Times{"2050-07-01T13:00Z", "2051-01-01T14:00Z"}));
  EXPECT_EQ(slots_after(rule("0 12 1 1,8 *", "Asia/Gaza"), "2090-01-15T00:00:00Z", 2, true),
            (Times{"2090-08-01T09:00Z", "2091-01-01T10:00Z"}));
}

TEST(CronDst, AZoneWithoutDstHasNoReasons) {
  const CronRule kathmandu = rule("*/30 * * * *", "Asia/Kathmandu");
  for (auto at = second("2026-01-01T00:00:00Z"); at < second("2027-01-01T00:00:00Z");
       at = *core::cron_slot_from(kathmandu, at + 1s)) {
    ASSERT_EQ(core::moved_by_dst(kathmandu, at), "");
  }
}

TEST(CronDst, APermanentChangeOfStandardTime) {
  // Pyongyang put its clocks forward by half an hour at 23:30 on 2018-05-04.
  EXPECT_EQ(slots_after(rule("45 23 * * *", "Asia/Pyongyang"), "2018-05-03T16:00:00Z", 2, true),
            (Times{"2018-05-04T15:00Z", "2018-05-05T14:45Z"}));
}

TEST(CronDst, LeapDaysOnAMondayAreFoundQuickly) {
  const auto fields = core::parse_cron("0 0 29 2 mon", "job", core::DayMode::both);
  Zones zones;
  const CronRule rare =
      core::make_cron_rule(fields.value(), zones.find("America/New_York").value());
  EXPECT_EQ(slots_after(rare, "2072-03-01T00:00:00Z", 1, true), (Times{"2112-02-29T05:00Z"}));
}

}  // namespace
}  // namespace takt::fleet
