// Each test spoils one thing in a healthy fleet; exactly the named verdicts must follow.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include <fstream>

#include "audit/healthy_fleet_for_test.h"
#include "base/fleet_tag.h"

namespace takt::audit {
namespace {

using core::Disposition;
using core::Outcome;
using core::Reason;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Key;
using testing::Pair;
using witness::Mark;
using Counts = std::map<std::string, std::int64_t>;

class Verdicts : public testing::Test {
 protected:
  void TearDown() override {
    if (!HasFailure() || !judged_) return;
    for (const auto& finding : fleet_.last().findings.list()) {
      std::cout << word(finding.verdict) << " " << finding.text << "\n";
    }
  }
  Counts judged(bool look_at_processes = false) {
    fleet_.write(rows_);
    judged_ = true;
    return fleet_.judge(look_at_processes);
  }
  void rebuild() { rows_ = fleet_.build(); }

  void sql(const char* text) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(fleet_.database().c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, text, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);
  }

  core::SlotsRow& skip_of_tick() { return rows_.range_of("tick", 5); }

  HealthyFleet fleet_;
  Rows rows_ = fleet_.build();
  bool judged_ = false;
};

TEST_F(Verdicts, AHealthyFleetHasNone) { EXPECT_THAT(judged(), IsEmpty()); }

// --- LOST

TEST_F(Verdicts, ASlotWithoutARowIsLost) {
  std::erase_if(rows_.slots, [](const auto& row) { return row.job == "tick" && row.first == 5; });
  EXPECT_THAT(judged(), ElementsAre(Key("LOST")));
}

TEST_F(Verdicts, ARangeOfThreeWithoutARowIsLost) {
  std::erase_if(rows_.slots, [](const auto& row) { return row.job == "calm" && row.first == 2; });
  EXPECT_THAT(judged(), ElementsAre(Key("LOST")));
}

TEST_F(Verdicts, ACursorThatPassedASlotOverLosesIt) {
  rows_.jobs["lazy"].next_number += 1;
  *rows_.jobs["lazy"].next_at += seconds{10};
  EXPECT_THAT(judged(), ElementsAre(Key("LOST")));
}

TEST_F(Verdicts, AnUndecidedSlotOfTheEndIsLost) {
  std::erase_if(fleet_.plans,
                [](const RunPlan& plan) { return plan.job == "tick" && plan.slot >= 10; });
  rebuild();
  EXPECT_THAT(judged(), ElementsAre(Key("LOST")));
}

TEST_F(Verdicts, APauseThatNobodyMadeIsNoReason) {
  std::erase_if(rows_.events, [](const auto& row) { return row.job == "calm"; });
  EXPECT_THAT(judged(), ElementsAre(Pair("LOST", 1)));
}

TEST_F(Verdicts, APauseThatWasOverIsNoReason) {
  rows_.events[2].at = kEpoch + seconds{40};
  EXPECT_THAT(judged(), ElementsAre(Pair("LOST", 1)));
}

TEST_F(Verdicts, DownIsNoReasonWhileADaemonWasThere) {
  skip_of_tick().disposition = Disposition::missed;
  skip_of_tick().reason = Reason::down;
  EXPECT_THAT(judged(), ElementsAre(Pair("LOST", 1)));
}

TEST_F(Verdicts, ADowntimeThatWasNoneIsNoReason) {
  auto sign = rows_.events.back();  // of the first daemon, a second before the next one starts
  sign.id = EventId{6};
  sign.kind = core::EventKind::problem;
  sign.at = kEpoch + seconds{74};
  rows_.events.push_back(sign);
  rows_.fleet.last_event = EventId{6};
  EXPECT_THAT(judged(), ElementsAre(Key("LOST")));
}

TEST_F(Verdicts, OverlapIsNoReasonWithoutAnOpenRun) {
  fleet_.plan("tick", 4).attempts[0].end = seconds{42};
  rebuild();
  EXPECT_THAT(judged(), ElementsAre(Pair("LOST", 1)));
}

TEST_F(Verdicts, DisabledIsNoReasonForAnEnabledJob) {
  // Of the second daemon's time, so that no later start explains it.
  std::erase_if(fleet_.plans,
                [](const RunPlan& plan) { return plan.job == "lazy" && plan.slot == 9; });
  rebuild();
  auto row = rows_.range_of("lazy", 6);
  row.first = row.last = 9;
  row.at = row.last_at = row.decided_at = kEpoch + seconds{94};
  row.disposition = Disposition::skipped;
  row.reason = Reason::disabled;
  rows_.slots.push_back(row);
  EXPECT_THAT(judged(), ElementsAre(Pair("LOST", 1)));
}

TEST_F(Verdicts, AGateThatNoRowTellsOfIsNoReason) {
  skip_of_tick().reason = Reason::memory;
  EXPECT_THAT(judged(), ElementsAre(Pair("LOST", 1)));
}

TEST_F(Verdicts, StartWithinIsNoReasonWhileThereIsTime) {
  std::erase_if(fleet_.plans,
                [](const RunPlan& plan) { return plan.job == "lazy" && plan.slot == 9; });
  rebuild();
  auto row = rows_.range_of("lazy", 6);
  row.first = row.last = 9;
  row.at = row.last_at = row.decided_at = kEpoch + seconds{94};
  row.reason = Reason::start_within;
  rows_.slots.push_back(row);
  EXPECT_THAT(judged(), ElementsAre(Pair("LOST", 1)));
}

TEST_F(Verdicts, CoalescedIntoARunThatIsNotThereIsLost) {
  rows_.range_of("queue", 6).run = RunId{9999};
  EXPECT_THAT(judged(), ElementsAre(Pair("LOST", 1)));
}

TEST_F(Verdicts, CoalescedIntoARunThatHadEndedIsLost) {
  rows_.range_of("queue", 6).run = rows_.run_of("queue", 5).run;
  EXPECT_THAT(judged(), ElementsAre(Pair("LOST", 1)));
}

TEST_F(Verdicts, CoalescedIntoARunOfAnotherJobIsLost) {
  rows_.range_of("queue", 6).run = rows_.run_of("many", 7).run;
  EXPECT_THAT(judged(), ElementsAre(Pair("LOST", 1)));
}

TEST_F(Verdicts, AnEpochThatMovedLosesEveryGrid) {
  rows_.fleet.epoch += seconds{5};
  EXPECT_THAT(judged(), Contains(Key("LOST")));
}

// --- EXTRA

TEST_F(Verdicts, AnAttemptThatStartedTwiceIsExtra) {
  auto& lines = rows_.lines["many"];
  lines.push_back(rows_.line_of(rows_.attempt_of("many", 3), Mark::start));
  EXPECT_THAT(judged(), ElementsAre(Pair("EXTRA", 1)));
}

TEST_F(Verdicts, AScheduledRunWithoutASlotIsExtra) {
  for (auto& run : rows_.runs) {
    if (run.job == "hand") run.cause = core::Cause::schedule;
  }
  EXPECT_THAT(judged(), ElementsAre(Pair("EXTRA", 1)));
}

TEST_F(Verdicts, ASlotDecidedTwiceIsExtra) {
  auto row = skip_of_tick();
  row.first = row.last = 9;
  row.at = row.last_at = row.decided_at = kEpoch + seconds{90};
  row.disposition = Disposition::coalesced;
  row.run = rows_.run_of("tick", 9).run;
  rows_.slots.push_back(row);
  const auto counts = judged();
  EXPECT_THAT(counts, ElementsAre(Key("EXTRA")));
}

TEST_F(Verdicts, ASlotThatItsScheduleDoesNotHaveIsExtraAndTheRealOneLost) {
  auto& run = rows_.run_of("tick", 9);
  run.slot_at = *run.slot_at + seconds{2};
  run.queued_at += seconds{2};
  run.started_at = *run.started_at + seconds{2};
  run.ended_at = *run.ended_at + seconds{2};
  auto& attempt = rows_.attempt_of("tick", 9);
  attempt.started_at += seconds{2};
  attempt.ended_at = *attempt.ended_at + seconds{2};
  for (const Mark mark : {Mark::start, Mark::end}) {
    rows_.line_of(attempt, mark).realtime += seconds{2};
    rows_.line_of(attempt, mark).boottime += seconds{2};
  }
  EXPECT_THAT(judged(), ElementsAre(Pair("EXTRA", 1), Pair("LOST", 1)));
}

TEST_F(Verdicts, ADrawnSlotElsewhereIsExtraAndTheRealOneLost) {
  auto& run = rows_.run_of("drawn", 2);
  run.slot_at = *run.slot_at + milliseconds{1};
  run.queued_at += milliseconds{1};
  run.lateness = *run.lateness - milliseconds{1};
  EXPECT_THAT(judged(), ElementsAre(Key("EXTRA"), Key("LOST")));
}

TEST_F(Verdicts, ACronSlotElsewhereIsExtraAndTheRealOneLost) {
  auto& run = rows_.run_of("clock", 2);
  run.slot_at = *run.slot_at + seconds{1};
  run.queued_at += seconds{1};
  run.started_at = *run.started_at + seconds{1};
  auto& attempt = rows_.attempt_of("clock", 2);
  attempt.started_at += seconds{1};
  attempt.ended_at = *attempt.ended_at + seconds{1};
  run.ended_at = *run.ended_at + seconds{1};
  rows_.line_of(attempt, Mark::start).realtime += seconds{1};
  EXPECT_THAT(judged(), ElementsAre(Pair("EXTRA", 1), Pair("LOST", 1)));
}

TEST_F(Verdicts, ACronSlotThatWasPassedOverIsLost) {
  std::erase_if(fleet_.plans,
                [](const RunPlan& plan) { return plan.job == "clock" && plan.slot == 4; });
  for (auto& plan : fleet_.plans) {
    if (plan.job == "clock" && *plan.slot > 4) plan.slot = *plan.slot - 1;
  }
  rebuild();
  EXPECT_THAT(judged(), ElementsAre(Pair("LOST", 1)));
}

TEST_F(Verdicts, ADelayThatWasNotKeptIsExtra) {
  auto& run = rows_.run_of("rest", 3);
  run.slot_at = *run.slot_at - seconds{1};
  run.lateness = *run.lateness + seconds{1};
  EXPECT_THAT(judged(), ElementsAre(Pair("EXTRA", 1)));
}

TEST_F(Verdicts, ASlotDecidedBeforeItIsDueIsExtra) {
  skip_of_tick().decided_at = kEpoch + seconds{49};
  EXPECT_THAT(judged(), ElementsAre(Pair("EXTRA", 1)));
}

// --- OVERLAP

TEST_F(Verdicts, TwoLivesOfOneJobAtOnceOverlap) {
  // The job's own word; the rows keep to their story.
  auto& end = rows_.line_of(rows_.attempt_of("tick", 8), Mark::end);
  end.boottime += seconds{12};
  EXPECT_THAT(judged(), ElementsAre(Pair("OVERLAP", 1)));
}

TEST_F(Verdicts, AKilledLifeThatWasSeenLaterOverlaps) {
  auto mark = rows_.line_of(rows_.attempt_of("tick", 6, 1), Mark::start);
  mark.mark = Mark::alive;
  mark.realtime += seconds{15};
  mark.boottime = rows_.line_of(rows_.attempt_of("tick", 6, 2), Mark::start).boottime +
                  std::chrono::nanoseconds{1};
  rows_.lines["tick"].push_back(mark);
  EXPECT_THAT(judged(), ElementsAre(Pair("OVERLAP", 1)));
}

// --- GHOST

TEST_F(Verdicts, ALineOfNobodyIsAGhost) {
  auto line = rows_.line_of(rows_.attempt_of("tick", 1), Mark::start);
  line.speaker.run = RunId{9000};
  line.speaker.token = Token{9000};
  rows_.lines["tick"].push_back(line);
  EXPECT_THAT(judged(), ElementsAre(Pair("GHOST", 1)));
}

TEST_F(Verdicts, ALineOfAnotherProcessIsAGhost) {
  auto line = rows_.line_of(rows_.attempt_of("tick", 1), Mark::start);
  line.speaker.pid += 1;
  rows_.lines["tick"].push_back(line);
  EXPECT_THAT(judged(), ElementsAre(Pair("GHOST", 1)));
}

TEST_F(Verdicts, AnEndWithoutAStartIsAGhost) {
  const auto row = rows_.attempt_of("tick", 1);
  std::erase_if(rows_.lines["tick"], [&](const witness::Line& line) {
    return line.speaker.token == row.token && line.mark == Mark::start;
  });
  EXPECT_THAT(judged(), ElementsAre(Pair("GHOST", 1)));
}

TEST_F(Verdicts, AProcessThatTheRowDoesNotKnowYetIsNone) {
  rows_.attempt_of("tick", 6, 1).process = {};
  EXPECT_THAT(judged(), IsEmpty());
}

// --- LIE

TEST_F(Verdicts, OkWithoutTheJobsOwnEndIsALie) {
  const auto row = rows_.attempt_of("queue", 4);
  std::erase_if(rows_.lines["queue"], [&](const witness::Line& line) {
    return line.speaker.token == row.token && line.mark == Mark::end;
  });
  EXPECT_THAT(judged(), ElementsAre(Pair("LIE", 1)));
}

TEST_F(Verdicts, OkOfAJobThatLeftWithThreeIsALie) {
  rows_.line_of(rows_.attempt_of("tick", 1), Mark::end).exit_code = 3;
  EXPECT_THAT(judged(), ElementsAre(Pair("LIE", 1)));
}

TEST_F(Verdicts, OkWithAnotherExitCodeIsALie) {
  rows_.attempt_of("tick", 1).exit_code = 3;
  EXPECT_THAT(judged(), Contains(Key("LIE")));
}

TEST_F(Verdicts, FailedWithExitCodeZeroIsALie) {
  rows_.attempt_of("tick", 3, 1).exit_code = 0;
  EXPECT_THAT(judged(), Contains(Key("LIE")));
}

TEST_F(Verdicts, AFailureThatTheJobDoesNotKnowIsALie) {
  rows_.line_of(rows_.attempt_of("tick", 3, 1), Mark::end).exit_code.reset();
  EXPECT_THAT(judged(), ElementsAre(Pair("LIE", 1)));
}

TEST_F(Verdicts, SpawnFailedOfAJobThatStartedIsALie) {
  auto& row = rows_.attempt_of("tick", 3, 1);
  row.outcome = Outcome::spawn_failed;
  row.spawn_errno = 2;
  row.exit_code.reset();
  EXPECT_THAT(judged(), ElementsAre(Pair("LIE", 1)));
}

TEST_F(Verdicts, ARunThatRanWithoutAnAttemptIsALie) {
  auto& run = rows_.run_of("many", 9);
  const RunId id = run.run;
  run.attempts = 0;
  std::erase_if(rows_.attempts, [&](const auto& row) { return row.run == id; });
  std::erase_if(rows_.lines["many"],
                [&](const witness::Line& line) { return line.speaker.run == id; });
  EXPECT_THAT(judged(), ElementsAre(Pair("LIE", 1)));
}

TEST_F(Verdicts, ARunBetterThanItsLastAttemptIsALie) {
  auto& attempt = rows_.attempt_of("many", 9);
  attempt.outcome = Outcome::lost;
  attempt.exit_code.reset();
  rows_.run_of("many", 9).losses = 1;
  EXPECT_THAT(judged(), ElementsAre(Pair("LIE", 1)));
}

TEST_F(Verdicts, AnAttemptLeftOpenByADaemonThatStoppedIsALie) {
  auto& attempt = rows_.attempt_of("many", 9);
  attempt.outcome.reset();
  attempt.ended_at.reset();
  attempt.exit_code.reset();
  auto& run = rows_.run_of("many", 9);
  run.state = core::RunState::running;
  run.outcome.reset();
  run.ended_at.reset();
  EXPECT_THAT(judged(), Contains(Pair("LIE", 1)));
}

// --- ORPHAN

TEST_F(Verdicts, AJobThatWroteAfterItsRecordedEndWasAnOrphan) {
  auto& end = rows_.line_of(rows_.attempt_of("many", 9), Mark::end);
  end.realtime += seconds{3};
  EXPECT_THAT(judged(), ElementsAre(Pair("ORPHAN", 1)));
}

/// A process that carries a tag and waits to be killed.
class Tagged {
 public:
  Tagged(const std::filesystem::path& state_dir, Token token) {
    std::string tag = "TAKT_FLEET_TAG=" + fleet_tag(state_dir);
    std::string number = "TAKT_TOKEN=" + std::to_string(token.value);
    char name[] = "/bin/sleep";
    char length[] = "60";
    char* argv[] = {name, length, nullptr};
    char* environment[] = {tag.data(), number.data(), nullptr};
    EXPECT_EQ(::posix_spawn(&pid_, name, nullptr, nullptr, argv, environment), 0);
  }
  ~Tagged() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

 private:
  pid_t pid_ = 0;
};

TEST_F(Verdicts, AProcessOfAnEndedAttemptIsAnOrphan) {
  const Tagged process(fleet_.state_dir(), rows_.attempt_of("tick", 1).token);
  EXPECT_THAT(judged(true), ElementsAre(Pair("ORPHAN", 1)));
}

TEST_F(Verdicts, AProcessOfAnotherFleetIsNobodysBusiness) {
  const Tagged process(fleet_.folder(), rows_.attempt_of("tick", 1).token);
  EXPECT_THAT(judged(true), IsEmpty());
}

TEST_F(Verdicts, AProcessWhoseTokenHasNoRowIsAGhost) {
  const Token token = rows_.attempts.front().token;
  const RunId run = rows_.attempts.front().run;
  rows_.attempts.erase(rows_.attempts.begin());
  std::erase_if(rows_.runs, [&](const auto& row) { return row.run == run; });
  for (auto& [job, lines] : rows_.lines) {
    std::erase_if(lines, [&](const auto& line) { return line.speaker.run == run; });
  }
  const Tagged process(fleet_.state_dir(), token);
  EXPECT_THAT(judged(true), Contains(Pair("GHOST", 1)));
}

// --- FENCE

TEST_F(Verdicts, ATokenOfTwoRunsIsAFence) {
  auto line = rows_.line_of(rows_.attempt_of("tick", 1), Mark::start);
  line.speaker.run = RunId{9000};
  rows_.lines["tick"].push_back(line);
  EXPECT_THAT(judged(), ElementsAre(Pair("FENCE", 1)));
}

TEST_F(Verdicts, TokensThatGoBackAreAFence) {
  auto& first = rows_.attempt_of("lazy", 1);
  auto& second = rows_.attempt_of("lazy", 2);
  for (const Mark mark : {Mark::start, Mark::end}) {
    std::swap(rows_.line_of(first, mark).speaker, rows_.line_of(second, mark).speaker);
  }
  // Each attempt keeps its lines, and the tokens change places.
  std::swap(first.run, second.run);
  std::swap(first.started_at, second.started_at);
  std::swap(first.ended_at, second.ended_at);
  for (auto& line : rows_.lines["lazy"]) {
    if (line.speaker.token == first.token) line.speaker.run = first.run;
    if (line.speaker.token == second.token) line.speaker.run = second.run;
  }
  EXPECT_THAT(judged(), ElementsAre(Pair("FENCE", 1)));
}

TEST_F(Verdicts, ACounterBehindItsTokensIsAFence) {
  rows_.fleet.last_token.value -= 1;
  EXPECT_THAT(judged(), ElementsAre(Pair("FENCE", 1)));
}

// --- EARLY

TEST_F(Verdicts, AStartBeforeItsSlotIsEarly) {
  auto& start = rows_.line_of(rows_.attempt_of("many", 4), Mark::start);
  start.realtime -= milliseconds{20};
  start.boottime -= milliseconds{20};
  EXPECT_THAT(judged(), Contains(Pair("EARLY", 1)));
}

TEST_F(Verdicts, ARecordedStartBeforeItsSlotIsEarly) {
  rows_.attempt_of("many", 4).started_at -= milliseconds{20};
  EXPECT_THAT(judged(), ElementsAre(Pair("EARLY", 1)));
}

// --- RETRY

TEST_F(Verdicts, ARetryThatDidNotWaitBreaksTheLaw) {
  auto& second = fleet_.plan("tick", 3).attempts[1];
  second = {milliseconds{31'500}, seconds{33}};
  rebuild();
  EXPECT_THAT(judged(), ElementsAre(Pair("RETRY", 1)));
}

TEST_F(Verdicts, MoreRetriesThanAllowedBreakTheLaw) {
  auto& run = fleet_.plan("tick", 3);
  run.attempts[1].outcome = Outcome::failed;
  run.attempts[1].exit_code = 3;
  run.attempts.push_back({seconds{36}, seconds{37}});
  rebuild();
  EXPECT_THAT(judged(), ElementsAre(Pair("RETRY", 1)));
}

TEST_F(Verdicts, AnAttemptAfterASuccessBreaksTheLaw) {
  fleet_.plan("tick", 8).attempts.push_back({seconds{84}, seconds{85}});
  rebuild();
  EXPECT_THAT(judged(), ElementsAre(Pair("RETRY", 1)));
}

TEST_F(Verdicts, ACountOfFailuresThatWereNoneBreaksTheLaw) {
  rows_.run_of("tick", 8).failures = 1;
  EXPECT_THAT(judged(), ElementsAre(Pair("RETRY", 1)));
}

TEST_F(Verdicts, TheLossOfACancelledRunCountsForNothing) {
  auto& run = rows_.run_of("many", 9);
  auto& attempt = rows_.attempt_of("many", 9);
  attempt.outcome = Outcome::lost;
  attempt.exit_code.reset();
  run.outcome = Outcome::cancelled;
  EXPECT_THAT(judged(), IsEmpty());
}

// --- HEARTBEAT

TEST_F(Verdicts, FailuresThatTheHistoryDoesNotHaveAreNoFold) {
  rows_.heartbeats["tick"].consecutive_failures = 2;
  EXPECT_THAT(judged(), ElementsAre(Pair("HEARTBEAT", 1)));
}

TEST_F(Verdicts, ASuccessThatTheHistoryDoesNotHaveIsNoFold) {
  rows_.heartbeats["many"].last_success_at = kEpoch + seconds{118};
  EXPECT_THAT(judged(), ElementsAre(Pair("HEARTBEAT", 1)));
}

TEST_F(Verdicts, AnOutcomeThatTheHistoryDoesNotHaveIsNoFold) {
  rows_.heartbeats["many"].last_outcome = Outcome::hung;
  EXPECT_THAT(judged(), ElementsAre(Pair("HEARTBEAT", 1)));
}

TEST_F(Verdicts, AHeartbeatOfAnAttemptThatEndedIsNoFold) {
  auto& beat = rows_.heartbeats["many"];
  beat.run = rows_.run_of("many", 9).run;
  beat.attempt = 1;
  EXPECT_THAT(judged(), ElementsAre(Pair("HEARTBEAT", 1)));
}

TEST_F(Verdicts, ALatenessThatTheInstantsDoNotSayIsNoFold) {
  rows_.run_of("many", 9).lateness = milliseconds{1};
  EXPECT_THAT(judged(), ElementsAre(Pair("HEARTBEAT", 1)));
}

// --- INTEGRITY

TEST_F(Verdicts, AnAttemptOfNoRunIsADatabaseThatContradictsItself) {
  fleet_.write(rows_);
  sql("UPDATE attempts SET run = run + 100000 WHERE token = 1");
  judged_ = true;
  EXPECT_THAT(fleet_.judge(), Contains(Pair("INTEGRITY", 1)));
}

TEST_F(Verdicts, ADamagedFileIsSaid) {
  fleet_.write(rows_);
  {
    std::fstream file(fleet_.database(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096 * 3 + 8);
    file.write("this is not a page of a database", 32);
  }
  judged_ = true;
  EXPECT_THAT(fleet_.judge(), Contains(Key("INTEGRITY")));
}

// --- what is legal

TEST_F(Verdicts, ATornLastLineIsLegal) {
  fleet_.write(rows_);
  std::ofstream(fleet_.folder() / "tick.witness", std::ios::app) << "W start 12 1 3";
  judged_ = true;
  EXPECT_THAT(fleet_.judge(), IsEmpty());
  EXPECT_EQ(fleet_.last().scene->diaries.torn, 1);
}

TEST_F(Verdicts, WithoutWitnessesTheRowsAreJudgedAlone) {
  rows_.lines.clear();
  for (auto& run : rows_.runs) {
    if (run.job == "hand") run.cause = core::Cause::schedule;
  }
  const auto counts = judged();
  EXPECT_THAT(counts, Contains(Key("LIE")));  // they say that they are takt-witness
  EXPECT_THAT(counts, Contains(Key("EXTRA")));
}

}  // namespace
}  // namespace takt::audit
