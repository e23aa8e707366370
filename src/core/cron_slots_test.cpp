// Cron in zones made by hand. The zones of the world: fleet/cron_dst_test.cpp; the law against a slow
// reference: sim/cron_oracle_test.cpp.

#include "core/cron_slots.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/time.h"
#include "core/schedule.h"

namespace takt::core {
namespace {

using namespace std::chrono_literals;

Second second(std::string_view text) {
  return std::chrono::floor<std::chrono::seconds>(parse_rfc3339(text).value());
}

/// UTC, with the given changes.
std::shared_ptr<const Zone> zone(std::vector<ZoneChange> changes) {
  return std::make_shared<const Zone>("Test/Zone", 0s, std::move(changes));
}

/// An hour is left out at 01:00 on 2026-03-29 and comes twice before 02:00 on 2026-10-25.
std::shared_ptr<const Zone> british() {
  return zone({{second("2026-03-29T01:00:00Z"), 1h}, {second("2026-10-25T01:00:00Z"), 0h}});
}

CronRule rule(std::string_view text, std::shared_ptr<const Zone> in, std::optional<DstGap> gap = {},
              std::optional<DstOverlap> overlap = {}) {
  return make_cron_rule(parse_cron(text, "job").value(), std::move(in), gap, overlap);
}

std::vector<std::string> slots(const CronRule& rule, std::string_view from, int count) {
  std::vector<std::string> found;
  auto at = cron_slot_from(rule, second(from));
  for (; at && count > 0; --count, at = cron_slot_from(rule, *at + 1s)) {
    found.push_back(format_rfc3339(*at).substr(5, 11));
  }
  return found;
}

using Times = std::vector<std::string>;

TEST(CronSlots, OverridesAtAGap) {
  constexpr auto kFrom = "2026-03-28T12:00:00Z";
  EXPECT_EQ(slots(rule("30 1 * * *", british()), kFrom, 2), (Times{"03-29T01:00", "03-30T00:30"}));
  EXPECT_EQ(slots(rule("30 1 * * *", british(), DstGap::skip), kFrom, 2),
            (Times{"03-30T00:30", "03-31T00:30"}));
  EXPECT_EQ(slots(rule("*/30 1 * * *", british()), kFrom, 1), (Times{"03-30T00:00"}));
  EXPECT_EQ(slots(rule("*/30 1 * * *", british(), DstGap::after), kFrom, 2),
            (Times{"03-29T01:00", "03-30T00:00"}));
}

TEST(CronSlots, ManyLostTimesAreOneSlotAndNoneWhereOneIsAnyway) {
  constexpr auto kFrom = "2026-03-28T12:00:00Z";
  EXPECT_EQ(slots(rule("0,10,50 1 * * *", british()), kFrom, 2),
            (Times{"03-29T01:00", "03-30T00:00"}));
  EXPECT_EQ(slots(rule("0 1,2 * * *", british()), kFrom, 2), (Times{"03-29T01:00", "03-30T00:00"}));
}

TEST(CronSlots, OverridesInARepeatedHour) {
  constexpr auto kFrom = "2026-10-24T12:00:00Z";
  EXPECT_EQ(slots(rule("30 1 * * *", british()), kFrom, 2), (Times{"10-25T00:30", "10-26T01:30"}));
  EXPECT_EQ(slots(rule("30 1 * * *", british(), {}, DstOverlap::second), kFrom, 2),
            (Times{"10-25T01:30", "10-26T01:30"}));
  EXPECT_EQ(slots(rule("30 1 * * *", british(), {}, DstOverlap::both), kFrom, 3),
            (Times{"10-25T00:30", "10-25T01:30", "10-26T01:30"}));
  EXPECT_EQ(slots(rule("*/30 1 * * *", british(), {}, DstOverlap::first), kFrom, 3),
            (Times{"10-25T00:00", "10-25T00:30", "10-26T01:00"}));
}

TEST(CronSlots, AGapOfMoreThanThreeHoursIsNoDaylightSaving) {
  const auto by = [](std::chrono::seconds hours) {
    return slots(rule("30 1 * * *", zone({{second("2026-05-01T01:00:00Z"), hours}})),
                 "2026-04-30T12:00:00Z", 1);
  };
  EXPECT_EQ(by(3h), (Times{"05-01T01:00"}));
  EXPECT_EQ(by(3h + 1min), (Times{"05-01T22:29"}));
}

TEST(CronSlots, AChangeOfStandardTimeIsAChangeLikeAnyOther) {
  const auto half_hour_back = zone({{second("2026-05-01T00:30:00Z"), -30min}});
  EXPECT_EQ(slots(rule("15 0 * * *", half_hour_back), "2026-04-30T12:00:00Z", 2),
            (Times{"05-01T00:15", "05-02T00:45"}));
}

TEST(CronSlots, SecondsInBothPasses) {
  EXPECT_EQ(
      slots(rule("15 59 1 * * *", british(), {}, DstOverlap::both), "2026-10-25T00:00:00Z", 2),
      (Times{"10-25T00:59", "10-25T01:59"}));
}

TEST(CronSlots, ReasonsSayWhatDstDid) {
  const CronRule fixed = rule("30 1 * * *", british(), {}, DstOverlap::both);
  EXPECT_EQ(moved_by_dst(fixed, second("2026-03-29T01:00:00Z")),
            "gap: 01:30 does not exist on this day");
  EXPECT_EQ(moved_by_dst(fixed, second("2026-10-25T00:30:00Z")), "repeated hour: first pass");
  EXPECT_EQ(moved_by_dst(fixed, second("2026-10-25T01:30:00Z")), "repeated hour: second pass");
  EXPECT_EQ(moved_by_dst(fixed, second("2026-10-26T01:30:00Z")), "");
}

TEST(CronSlots, LostTimesAreNamed) {
  const auto lost = next_lost_times(rule("*/20 1 * * *", british()), second("2026-01-01T00:00:00Z"),
                                    second("2027-01-01T00:00:00Z"));
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->at, second("2026-03-29T01:00:00Z"));
  EXPECT_EQ(lost->last - lost->first, 40min);
  EXPECT_FALSE(lost->moved);
  EXPECT_FALSE(next_lost_times(rule("0 4 * * *", british()), second("2026-01-01T00:00:00Z"),
                               second("2027-01-01T00:00:00Z")));
}

std::chrono::seconds longest(std::string_view text, std::shared_ptr<const Zone> in = Zone::utc(),
                             std::optional<DstOverlap> overlap = {}) {
  return longest_cron_interval(rule(text, std::move(in), {}, overlap),
                               second("2026-01-01T00:00:00Z"))
      .value_or(0s);
}

TEST(CronSlots, LongestIntervals) {
  using std::chrono::days;
  EXPECT_EQ(longest("* * * * *"), 1min);
  EXPECT_EQ(longest("* * * * * *"), 1s);
  EXPECT_EQ(longest("*/7 * * * *"), 7min);
  EXPECT_EQ(longest("0 */5 * * *"), 5h);
  EXPECT_EQ(longest("0 9-17 * * *"), 16h);
  EXPECT_EQ(longest("30 2 * * *"), days{1});
  EXPECT_EQ(longest("0 9 * * mon-fri"), days{3});
  EXPECT_EQ(longest("* 9-17 * * mon-fri"), days{2} + 15h + 1min);
  EXPECT_EQ(longest("0 0 1 * *"), days{31});
  EXPECT_EQ(longest("0 0 31 * *"), days{61});
  EXPECT_EQ(longest("0 0 1 1 *"), days{366});
  EXPECT_EQ(longest("0 0 29 2 *"), days{8 * 365 + 1}) << "2096 to 2104";
}

TEST(CronSlots, TheLongestIntervalKnowsOfDst) {
  EXPECT_EQ(longest("30 1 * * *", british()), 25h) << "from 00:30 to 01:30 in October";
  EXPECT_EQ(longest("*/10 * * * *", british()), 10min);
  EXPECT_EQ(longest("0 * * * *", british()), 1h);
  EXPECT_EQ(longest("0 * * * *", british(), DstOverlap::first), 2h);
}

TEST(CronSlots, NothingIsFarEnoughToMatter) {
  const CronRule yearly = rule("0 0 1 1 *", british());
  EXPECT_EQ(cron_slot_from(yearly, second("9998-06-01T00:00:00Z")), std::nullopt);
  EXPECT_EQ(cron_slot_from(yearly, Second::max()), std::nullopt);
  EXPECT_TRUE(cron_slot_from(yearly, Second::min()));
}

// --- as a schedule -------------------------------------------------------------------------------

JobSpec cron_job(std::string_view text, Duration jitter = 0s) {
  JobSpec job;
  job.name = "nightly";
  job.jitter = jitter;
  job.schedule = Cron{std::make_shared<const CronRule>(rule(text, british()))};
  return job;
}

Instant instant(std::string_view text) { return Instant{parse_rfc3339(text)->time_since_epoch()}; }

TEST(CronSchedule, SlotsLieWhereTheWallClockSaysSo) {
  const JobSpec job = cron_job("30 3 * * *");
  const TimeLine ahead{Instant{}, 1h};  // the wall clock was stepped forward by an hour
  const auto slot = first_slot(job, ahead, instant("2026-01-01T00:00:00Z"), 7);
  ASSERT_TRUE(slot);
  EXPECT_EQ(*slot, (Slot{7, instant("2026-01-01T02:30:00Z")}));
  EXPECT_EQ(next_slot(job, ahead, *slot), (Slot{8, instant("2026-01-02T02:30:00Z")}));
}

TEST(CronSchedule, DueAndNewestSlotsAreThoseOfAWalk) {
  const JobSpec job = cron_job("*/20 1-2 * * *", 90s);
  const TimeLine line{Instant{}};
  const Slot first = *first_slot(job, line, instant("2026-10-20T00:00:00Z"), 3);
  std::vector<Slot> walked{first};
  const Instant now = instant("2026-10-30T02:07:00Z");
  while (const auto next = next_slot(job, line, walked.back())) {
    if (next->due > now) break;
    walked.push_back(*next);
  }
  const DueSlots due = due_slots(job, line, first, now);
  EXPECT_EQ(due.count, std::ssize(walked));
  EXPECT_EQ(due.last, walked.back());
  for (const int keep : {1, 2, 5, 10'000}) {
    const auto newest = newest_slots(job, line, first, due, keep);
    const auto wanted = std::min<std::ptrdiff_t>(keep, std::ssize(walked));
    EXPECT_EQ(newest, std::vector<Slot>(walked.end() - wanted, walked.end())) << keep;
  }
}

TEST(CronSchedule, JitterMovesAllSlotsOfAJobAlike) {
  const TimeLine line{Instant{}};
  const Instant from = instant("2026-01-01T00:00:00Z");
  const Slot plain = *first_slot(cron_job("30 3 * * *"), line, from, 0);
  const JobSpec job = cron_job("30 3 * * *", 10min);
  const Slot moved = *first_slot(job, line, from, 0);
  const Duration by = moved.due - plain.due;
  EXPECT_GE(by, 0s);
  EXPECT_LE(by, 10min);
  EXPECT_EQ(next_slot(job, line, moved)->due - moved.due, 24h);
  EXPECT_EQ(due_slots(job, line, moved, moved.due + 48h).count, 3);
}

TEST(CronSchedule, OtherZoneRulesAreAnotherFingerprintAndKnownAsSuch) {
  JobSpec job = cron_job("30 1 * * *");
  JobSpec other = job;
  other.schedule = Cron{std::make_shared<const CronRule>(rule("30 1 * * *", Zone::utc()))};
  const std::string one = schedule_fingerprint(job);
  const std::string two = schedule_fingerprint(other);
  EXPECT_NE(one, two);
  EXPECT_TRUE(differ_by_zone_only(one, two));
  EXPECT_FALSE(differ_by_zone_only(one, one));
  EXPECT_FALSE(differ_by_zone_only(one, schedule_fingerprint(cron_job("31 1 * * *"))));
  EXPECT_FALSE(differ_by_zone_only("every 5 + 0", "every 6 + 0"));
}

TEST(AtSchedule, IsOneSlotUnlessItHasPassed) {
  JobSpec job;
  job.schedule = At{WallTime{second("2026-12-01T08:00:00Z")}};
  const TimeLine line{Instant{}, 1h};
  const Slot slot{0, instant("2026-12-01T07:00:00Z")};
  EXPECT_EQ(first_slot(job, line, instant("2026-01-01T00:00:00Z"), 0), slot);
  EXPECT_EQ(first_slot(job, line, slot.due, 0), slot);
  EXPECT_EQ(first_slot(job, line, slot.due + 1ms, 0), std::nullopt);
  EXPECT_EQ(next_slot(job, line, slot), std::nullopt);
  EXPECT_EQ(due_slots(job, line, slot, slot.due + 24h).count, 1);
  EXPECT_EQ(longest_interval(job), std::nullopt);
}

}  // namespace
}  // namespace takt::core
