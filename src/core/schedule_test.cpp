#include "core/schedule.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>
#include <set>
#include <string>

namespace takt::core {
namespace {

using namespace std::chrono_literals;

constexpr Instant kEpoch{Duration{1'000'000}};

JobSpec every(Duration interval, std::optional<Duration> offset = 0s, std::string name = "job") {
  JobSpec job;
  job.name = std::move(name);
  job.schedule = Every{interval, offset};
  return job;
}

JobSpec between(Duration shortest, Duration longest, std::string name = "job") {
  JobSpec job;
  job.name = std::move(name);
  job.schedule = EveryBetween{shortest, longest, 0s};
  return job;
}

/// What due_slots and newest_slots abbreviate: all slots of [slot, now], one by one.
std::vector<Slot> walk(const JobSpec& job, Slot slot, Instant now) {
  std::vector<Slot> all{slot};
  while (const auto next = next_slot(job, kEpoch, all.back())) {
    if (next->due > now) break;
    all.push_back(*next);
  }
  return all;
}

TEST(Schedule, GridBeginsAtEpochPlusOffset) {
  EXPECT_EQ(first_slot(every(5min, 2min), kEpoch, kEpoch, 0), (Slot{0, kEpoch + 2min}));
}

TEST(Schedule, FirstSlotMayLieBeyondOneInterval) {
  EXPECT_EQ(first_slot(every(5min, 17min), kEpoch, kEpoch, 0), (Slot{0, kEpoch + 17min}));
  EXPECT_EQ(first_slot(every(5min, 17min), kEpoch, kEpoch + 16min, 0), (Slot{0, kEpoch + 17min}));
}

TEST(Schedule, JoiningLaterTakesTheNextGridPointAndExactlyOnItCounts) {
  const JobSpec job = every(5min, 2min);
  EXPECT_EQ(first_slot(job, kEpoch, kEpoch + 7min, 4), (Slot{4, kEpoch + 7min}));
  EXPECT_EQ(first_slot(job, kEpoch, kEpoch + 7min + 1ms, 4), (Slot{4, kEpoch + 12min}));
}

TEST(Schedule, NextSlotIsOneIntervalLater) {
  EXPECT_EQ(next_slot(every(5min, 2min), kEpoch, {0, kEpoch + 2min}), (Slot{1, kEpoch + 7min}));
}

TEST(Schedule, ManualHasNoSlots) {
  JobSpec job;
  EXPECT_EQ(first_slot(job, kEpoch, kEpoch, 0), std::nullopt);
  EXPECT_EQ(next_slot(job, kEpoch, {0, kEpoch}), std::nullopt);
  EXPECT_EQ(longest_interval(job), std::nullopt);
}

TEST(Schedule, AfterIsDueAtLoadAndThenNobodyKnows) {
  JobSpec job;
  job.schedule = After{10min};
  EXPECT_EQ(first_slot(job, kEpoch, kEpoch + 3min, 2), (Slot{2, kEpoch + 3min}));
  EXPECT_EQ(next_slot(job, kEpoch, {2, kEpoch + 3min}), std::nullopt);
}

TEST(Schedule, AutoOffsetIsStableAndBelowTheSmallerOfIntervalAndAnHour) {
  std::set<Duration> seen;
  for (int i = 0; i < 500; ++i) {
    const std::string name = "job" + std::to_string(i);
    for (const Duration interval : {Duration{1}, Duration{7s}, Duration{5min}, Duration{26h}}) {
      const JobSpec job = every(interval, std::nullopt, name);
      EXPECT_GE(phase(job), 0s);
      EXPECT_LT(phase(job), std::min<Duration>(interval, 1h));
      EXPECT_EQ(phase(job), phase(every(interval, std::nullopt, name)));
      if (interval == 26h) seen.insert(phase(job));
    }
  }
  EXPECT_GT(seen.size(), 490U) << "names spread over the hour";
}

TEST(Schedule, AutoOffsetOfARangeStaysBelowItsShortestInterval) {
  for (int i = 0; i < 200; ++i) {
    JobSpec job = between(90s, 120s, "job" + std::to_string(i));
    std::get<EveryBetween>(job.schedule).offset.reset();
    EXPECT_LT(phase(job), 90s);
  }
}

TEST(Schedule, JitterIsAStableShareUpToItsBoundOnTopOfTheOffset) {
  std::set<Duration> seen;
  for (int i = 0; i < 300; ++i) {
    JobSpec job = every(5min, 2min, "job" + std::to_string(i));
    job.jitter = 30s;
    EXPECT_GE(phase(job), 2min);
    EXPECT_LE(phase(job), 2min + 30s);
    EXPECT_EQ(phase(job), phase(job));
    seen.insert(phase(job));
  }
  EXPECT_GT(seen.size(), 250U);
}

TEST(Schedule, JitterMovesTheWholeGridAndNotSingleSlots) {
  JobSpec job = every(5min, 2min);
  job.jitter = 4min;
  const Slot first = *first_slot(job, kEpoch, kEpoch, 0);
  EXPECT_EQ(next_slot(job, kEpoch, first)->due - first.due, 5min);
}

TEST(Schedule, DrawnIntervalsStayWithinTheirBoundsAndReachBothEnds) {
  const JobSpec job = between(10ms, 13ms);
  std::set<Duration> seen;
  Slot slot{0, kEpoch};
  for (int i = 0; i < 1000; ++i) {
    const Slot next = *next_slot(job, kEpoch, slot);
    EXPECT_EQ(next.number, slot.number + 1);
    seen.insert(next.due - slot.due);
    slot = next;
  }
  EXPECT_EQ(seen, (std::set<Duration>{10ms, 11ms, 12ms, 13ms}));
}

TEST(Schedule, DrawsDependOnJobAndSlotNumberAlone) {
  const JobSpec job = between(90min, 120min, "peer");
  const Duration first = next_slot(job, kEpoch, {7, kEpoch})->due - kEpoch;
  EXPECT_EQ(next_slot(job, kEpoch + 1h, {7, kEpoch + 9h})->due - (kEpoch + 9h), first);
  int differing = 0;
  for (SlotNumber n = 0; n < 50; ++n) {
    const auto other = next_slot(between(90min, 120min, "viral"), kEpoch, {n, kEpoch});
    if (other->due != next_slot(job, kEpoch, {n, kEpoch})->due) ++differing;
  }
  EXPECT_GT(differing, 45);
}

TEST(Schedule, FingerprintChangesExactlyWithTheSlots) {
  EXPECT_EQ(schedule_fingerprint(every(5min, 2min)), schedule_fingerprint(every(5min, 2min)));
  EXPECT_NE(schedule_fingerprint(every(5min, 2min)), schedule_fingerprint(every(5min, 3min)));
  EXPECT_NE(schedule_fingerprint(every(5min, 2min)), schedule_fingerprint(every(6min, 2min)));
  EXPECT_NE(schedule_fingerprint(between(1min, 2min)), schedule_fingerprint(between(1min, 3min)));
  JobSpec jittered = every(5min, 2min);
  jittered.jitter = 2min;
  EXPECT_NE(schedule_fingerprint(jittered), schedule_fingerprint(every(5min, 2min)));
  JobSpec other = every(5min, 2min);
  other.priority = Priority::P0;
  EXPECT_EQ(schedule_fingerprint(other), schedule_fingerprint(every(5min, 2min)));
}

TEST(Schedule, AChangedScheduleGoesOnWithTheNumbers) {
  const Slot on_old{41, kEpoch + 205min};
  const JobSpec changed = every(7min);
  EXPECT_EQ(first_slot(changed, kEpoch, kEpoch + 206min, on_old.number + 1),
            (Slot{42, kEpoch + 210min}));
}

TEST(Schedule, ASlotOffTheGridIsFollowedByTheNextGridPoint) {
  EXPECT_EQ(next_slot(every(5min), kEpoch, {3, kEpoch + 6min}), (Slot{4, kEpoch + 10min}));
}

TEST(Schedule, ThirtyYearsOfAMillisecondGridAreCountedAtOnce) {
  const JobSpec job = every(1ms);
  const Slot first = *first_slot(job, kEpoch, kEpoch, 0);
  const Instant now = kEpoch + std::chrono::hours{24 * 365 * 30};
  const DueSlots due = due_slots(job, kEpoch, first, now);
  EXPECT_EQ(due.last.due, now);
  EXPECT_EQ(due.count, (now - kEpoch).count() + 1);
  EXPECT_EQ(newest_slots(job, kEpoch, first, due, 2),
            (std::vector{Slot{due.last.number - 1, now - 1ms}, due.last}));
}

TEST(Schedule, ThirtyYearsOfShortDrawsEndBesideNow) {
  const JobSpec job = between(1ms, 1000ms);
  const Instant now = kEpoch + std::chrono::hours{24 * 365 * 30};
  const DueSlots due = due_slots(job, kEpoch, {0, kEpoch}, now);
  EXPECT_LE(due.last.due, now);
  EXPECT_GT(next_slot(job, kEpoch, due.last)->due, now) << "nothing due is left over";
  EXPECT_EQ(due.count, due.last.number + 1);
}

JobSpec any_schedule() {
  const auto interval = Duration{*rc::gen::inRange(1, 5000)};
  const std::string name = "job" + std::to_string(*rc::gen::inRange(0, 50));
  if (*rc::gen::arbitrary<bool>()) return every(interval, std::nullopt, name);
  return between(interval, interval + Duration{*rc::gen::inRange(0, 3000)}, name);
}

RC_GTEST_PROP(ScheduleLaws, DueSlotsEqualsWalkingOneByOne, ()) {
  const JobSpec job = any_schedule();
  const Slot slot{*rc::gen::inRange(0, 1000), *rc::gen::arbitrary<bool>()
                                                  ? kEpoch + phase(job)
                                                  : kEpoch + Duration{*rc::gen::inRange(0, 9000)}};
  const Instant now = slot.due + Duration{*rc::gen::inRange(0, 60'000)};
  const auto all = walk(job, slot, now);
  const DueSlots due = due_slots(job, kEpoch, slot, now);
  RC_ASSERT(due.last == all.back());
  RC_ASSERT(due.count == static_cast<SlotNumber>(all.size()));
}

RC_GTEST_PROP(ScheduleLaws, NewestSlotsIsTheEndOfThatWalk, ()) {
  const JobSpec job = any_schedule();
  const Slot slot{5, kEpoch + Duration{*rc::gen::inRange(0, 9000)}};
  const Instant now = slot.due + Duration{*rc::gen::inRange(0, 60'000)};
  const int keep = *rc::gen::inRange(1, 120);
  auto all = walk(job, slot, now);
  const auto newest = newest_slots(job, kEpoch, slot, due_slots(job, kEpoch, slot, now), keep);
  const std::size_t kept = std::min<std::size_t>(static_cast<std::size_t>(keep), all.size());
  all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(kept));
  RC_ASSERT(newest == all);
}

}  // namespace
}  // namespace takt::core
