#include "core/tune.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "core/durations.h"
#include "core/past_windows.h"

namespace takt::core {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;

constexpr WallTime kBegin{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}};

JobSpec every(Duration interval) {
  JobSpec job;
  job.name = "posting";
  job.schedule = Every{interval, {}};
  return job;
}

/// Slots at one pace, and what became of them.
class Past {
 public:
  explicit Past(Duration interval) : interval_(interval) {}

  Past& ran(Duration took, Duration late = 0ms, Outcome outcome = Outcome::ok) {
    RunRow run;
    run.run = RunId{++id_};
    run.slot_at = due_;
    run.queued_at = due_;
    run.started_at = due_ + late;
    run.ended_at = due_ + late + took;
    run.state = RunState::ended;
    run.disposition = Disposition::ran;
    run.outcome = outcome;
    history.runs.push_back(run);
    AttemptRow attempt;
    attempt.token = Token{id_};
    attempt.started_at = *run.started_at;
    attempt.ended_at = run.ended_at;
    attempt.outcome = outcome;
    history.attempts.push_back(attempt);
    due_ += interval_;
    return *this;
  }
  Past& given_up(Reason reason, int count = 1) {
    SlotsRow row;
    row.at = due_;
    row.last_at = due_ + interval_ * (count - 1);
    row.disposition = Disposition::skipped;
    row.reason = reason;
    history.slots.push_back(row);
    due_ += interval_ * count;
    return *this;
  }
  Past& by_recovery() {
    history.runs.back().cause = Cause::recovery;
    return *this;
  }

  JobHistory history;

 private:
  Duration interval_;
  WallTime due_ = kBegin;
  std::int64_t id_ = 0;
};

Past steady(Duration interval, int runs, Duration took) {
  Past past{interval};
  for (int i = 0; i < runs; ++i) past.ran(took);
  return past;
}

std::optional<Duration> proposed(const Tuning& tuning, std::string_view key) {
  const auto found = std::ranges::find(tuning.proposals, key, &Proposal::key);
  if (found == tuning.proposals.end()) return std::nullopt;
  return found->proposed;
}

TEST(Tune, TooLittleHistoryIsSaidInsteadOfGuessed) {
  const auto tuning = tune(every(5min), steady(5min, 9, 10s).history);
  EXPECT_THAT(tuning.proposals, IsEmpty());
  EXPECT_EQ(tuning.note, "too little history: 9 runs ended ok, 10 are needed");
  EXPECT_EQ(tune(every(5min), {}).note, "too little history: 0 runs ended ok, 10 are needed");
}

TEST(Tune, ProposesAllFourOfASteadyJob) {
  const auto tuning = tune(every(5min), steady(5min, 20, 10s).history);
  EXPECT_EQ(proposed(tuning, "expect"), 10s);
  EXPECT_EQ(proposed(tuning, "hung_after"), 30s);
  EXPECT_EQ(proposed(tuning, "late_after"), 10s);
  EXPECT_EQ(proposed(tuning, "stale_after"), 11min);
  EXPECT_EQ(tuning.note, "");
}

TEST(Tune, EvidenceSaysHowManyOverWhatTime) {
  const auto tuning = tune(every(5min), steady(5min, 20, 10s).history);
  EXPECT_EQ(tuning.proposals[0].evidence, "p50 10s, p95 10s, max 10s: 20 ok runs over 1h35m");
}

TEST(Tune, TheWatchdogsAloneAreWithoutExpect) {
  const auto tuning = tune(every(5min), steady(5min, 20, 10s).history, true);
  EXPECT_FALSE(proposed(tuning, "expect"));
  EXPECT_TRUE(proposed(tuning, "hung_after"));
}

TEST(Tune, OneSlowRunIsNoHang) {
  auto past = steady(5min, 30, 10s);
  past.ran(4min);
  EXPECT_EQ(proposed(tune(every(5min), past.history), "hung_after"), 6min);
}

TEST(Tune, ABusyMachineIsNoHang) {
  EXPECT_EQ(proposed(tune(every(5min), steady(5min, 20, 30ms).history), "hung_after"), 10s);
}

TEST(Tune, FailedRunsSayNothingOfLengths) {
  auto past = steady(5min, 30, 10s);
  past.ran(4min, 0ms, Outcome::failed).ran(4min, 0ms, Outcome::hung);
  const auto tuning = tune(every(5min), past.history);
  EXPECT_EQ(proposed(tuning, "hung_after"), 30s);
  EXPECT_EQ(proposed(tuning, "expect"), 10s);
}

TEST(Tune, GapsInWhichSomethingWasWrongDoNotCount) {
  const auto calm = proposed(tune(every(5min), steady(5min, 30, 10s).history), "stale_after");
  auto failed = steady(5min, 30, 10s);
  for (int i = 0; i < 10; ++i) failed.ran(10s, 0ms, Outcome::failed);
  failed.ran(10s);
  EXPECT_EQ(proposed(tune(every(5min), failed.history), "stale_after"), calm);
  auto paused = steady(5min, 30, 10s);
  paused.given_up(Reason::paused, 100).ran(10s);
  EXPECT_EQ(proposed(tune(every(5min), paused.history), "stale_after"), calm);
  auto recovered = steady(5min, 30, 10s);
  recovered.given_up(Reason::overlap, 100).ran(10s).by_recovery();
  EXPECT_EQ(proposed(tune(every(5min), recovered.history), "stale_after"), calm);
}

TEST(Tune, SlotsThatMetTheirOwnRunAreTheOrdinaryCourse) {
  auto past = steady(5min, 30, 10s);
  past.given_up(Reason::overlap, 3).ran(10s);
  const auto tuning = tune(every(5min), past.history);
  EXPECT_EQ(proposed(tuning, "stale_after"), 30min);
  EXPECT_EQ(proposed(tuning, "late_after"), 23min);  // owed for 15 min
}

TEST(Tune, StaysAboveWhatCheckWarnsOf) {
  auto job = every(24h);
  job.expect = 5h;
  const auto stale = proposed(tune(job, steady(24h, 12, 10s).history), "stale_after");
  ASSERT_TRUE(stale);
  EXPECT_GE(*stale, 24h + 5h);
}

TEST(Tune, WhatFitsAlreadyIsLeftAlone) {
  auto job = every(5min);
  job.expect = 11s;
  job.hung_after = 25s;
  job.late_after = 12s;
  job.stale_after = 9min;
  EXPECT_THAT(tune(job, steady(5min, 20, 10s).history).proposals, IsEmpty());
}

TEST(Tune, WhatWouldCryWolfOrSleepIsNot) {
  auto job = every(5min);
  job.expect = 1min;
  job.hung_after = 9s;
  job.late_after = 1h;
  job.stale_after = 2h;
  const auto tuning = tune(job, steady(5min, 20, 10s).history);
  ASSERT_EQ(tuning.proposals.size(), 4U);
  EXPECT_EQ(tuning.proposals[1].key, "hung_after");
  EXPECT_EQ(tuning.proposals[1].now, 9s);
  EXPECT_EQ(tuning.proposals[1].proposed, 30s);
}

TEST(Tune, ByHandNobodyIsLateOrStale) {
  JobSpec job;
  job.schedule = Manual{};
  const auto tuning = tune(job, steady(5min, 20, 10s).history);
  EXPECT_FALSE(proposed(tuning, "stale_after"));
  EXPECT_FALSE(proposed(tuning, "late_after"));
  EXPECT_TRUE(proposed(tuning, "hung_after"));
}

TEST(Tune, ATimeoutThatComesFirstMakesHungAfterPointless) {
  auto job = every(5min);
  job.timeout = 20s;
  EXPECT_FALSE(proposed(tune(job, steady(5min, 20, 10s).history), "hung_after"));
}

TEST(Tune, RoundsUpToWhatPeopleWrite) {
  EXPECT_EQ(rounded_for_people(0ms), 0ms);
  EXPECT_EQ(rounded_for_people(7ms), 7ms);
  EXPECT_EQ(rounded_for_people(1234ms), 1300ms);
  EXPECT_EQ(rounded_for_people(61s), 65s);
  EXPECT_EQ(rounded_for_people(7h + 1ms), 8h);
  EXPECT_EQ(rounded_for_people(241h), 264h);
  EXPECT_EQ(rounded_for_people(kDurationMax + 1h), kDurationMax);
}

RC_GTEST_PROP(TuneLaws, RoundingUpAddsAtMostASixth, ()) {
  const Duration duration{*rc::gen::inRange<std::int64_t>(0, 400LL * 24 * 3600 * 1000)};
  const auto rounded = rounded_for_people(duration);
  RC_ASSERT(rounded >= duration);
  RC_ASSERT((rounded - duration) * 6 <= duration);
  RC_ASSERT(rounded_for_people(rounded) == rounded);
}

/// A history of ups and downs.
JobHistory any_history(Duration interval) {
  Past past{interval};
  const auto count = *rc::gen::inRange(0, 60);
  for (int i = 0; i < count; ++i) {
    const Duration took{*rc::gen::inRange<std::int64_t>(0, 3 * interval.count() / 4)};
    const Duration late{*rc::gen::inRange<std::int64_t>(0, interval.count() / 4)};
    switch (*rc::gen::weightedElement<int>({{8, 0}, {1, 1}, {1, 2}, {1, 3}})) {
      case 1:
        past.ran(took, late, Outcome::failed);
        break;
      case 2:
        past.given_up(Reason::paused, *rc::gen::inRange(1, 5));
        break;
      case 3:
        past.given_up(Reason::overlap, *rc::gen::inRange(1, 3));
        break;
      default:
        past.ran(took, late);
    }
  }
  return past.history;
}

void apply(JobSpec& job, const Tuning& tuning) {
  if (const auto value = proposed(tuning, "expect")) job.expect = value;
  if (const auto value = proposed(tuning, "hung_after")) job.hung_after = value;
  if (const auto value = proposed(tuning, "late_after")) job.late_after = value;
  if (const auto value = proposed(tuning, "stale_after")) job.stale_after = value;
}

RC_GTEST_PROP(TuneLaws, WhatIsProposedRaisesNoAlarmOnTheHistoryItCameFrom, ()) {
  const Duration interval{*rc::gen::inRange<std::int64_t>(1000, 24 * 3600 * 1000)};
  auto job = every(interval);
  const auto history = any_history(interval);
  apply(job, tune(job, history));
  for (const auto& attempt : history.attempts) {
    if (attempt.outcome != Outcome::ok || !job.hung_after) continue;
    RC_ASSERT(*attempt.ended_at - attempt.started_at <= *job.hung_after);
  }
  Durations known;
  for (const auto& window : past_windows(history)) {
    const bool first = !known.percentile(1);
    const Duration allowed = expected_longest(known, job.expect);
    known.add(window.took);
    if (!window.healthy || first) continue;
    if (job.stale_after) RC_ASSERT(window.until - *window.from <= *job.stale_after);
    if (job.late_after && window.owed_since) {
      RC_ASSERT(window.until - *window.owed_since <= allowed + *job.late_after);
    }
  }
  if (job.stale_after) RC_ASSERT(*job.stale_after >= interval + job.expect.value_or(0ms));
}

RC_GTEST_PROP(TuneLaws, WhatWasProposedIsNotProposedAgain, ()) {
  const Duration interval{*rc::gen::inRange<std::int64_t>(1000, 24 * 3600 * 1000)};
  auto job = every(interval);
  const auto history = any_history(interval);
  apply(job, tune(job, history));
  RC_ASSERT(tune(job, history).proposals.empty());
}

}  // namespace
}  // namespace takt::core
