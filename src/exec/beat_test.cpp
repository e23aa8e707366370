// What a job says through TAKT_FD: heard while it runs, bounded whatever it writes, and none of it
// holds anybody up.

#include "exec/launcher_fixture.h"
#include "exec/log_pump.h"

namespace takt::exec {
namespace {

class Beats : public LauncherTest {
 protected:
  /// All that was heard of an attempt, as one beat.
  core::Beat heard(Token token) {
    core::Beat all;
    for (const core::Beat& beat : beats_[token]) all.take(beat);
    return all;
  }
};
INSTANTIATE_TEST_SUITE_P(Lanes, Beats, testing::Values(CgroupLane::automatic, CgroupLane::none),
                         lane_name);

TEST_P(Beats, AreHeardWhileTheJobRuns) {
  const Token token = start_shell("echo 'beat 42 half way' >&$TAKT_FD; sleep 55");
  ASSERT_TRUE(run_until([&] { return !beats_[token].empty(); }));
  EXPECT_EQ(heard(token), (core::Beat{42, "half way"}));
  EXPECT_FALSE(ends_.contains(token));
}

TEST_P(Beats, LastWordsAreHeardBeforeTheEnd) {
  const Token token = start_shell("echo beat 1 >&3; echo beat 2 >&3; printf 'beat 100 done' >&3");
  EXPECT_EQ(end_of(token).exit_code, 0);
  EXPECT_EQ(heard(token), (core::Beat{100, "done"}));
}

TEST_P(Beats, AFloodIsHeardAFewTimesASecondAndHoldsNobodyUp) {
  const auto begun = std::chrono::steady_clock::now();
  const Token token = start_shell(
      "i=0; while [ $i -lt 30000 ]; do echo beat $((i % 101)) >&3; "
      "i=$((i + 1)); done; echo beat 77 last >&3");
  EXPECT_EQ(end_of(token).exit_code, 0);
  const auto took = std::chrono::steady_clock::now() - begun;
  EXPECT_EQ(heard(token), (core::Beat{77, "last"}));
  EXPECT_LE(beats_[token].size(), static_cast<std::size_t>(took / kBeatEvery) + 3);
}

TEST_P(Beats, ALineWithoutEndIsNotHeardAndNotKept) {
  const Token token = start_shell("head -c 20000000 /dev/zero >&3; echo >&3; echo beat 5 >&3");
  EXPECT_EQ(end_of(token).exit_code, 0);
  EXPECT_EQ(heard(token).progress, 5);
}

TEST_P(Beats, TheDescriptorMayBeClosedEarly) {
  const Token token = start_shell("echo beat 3 >&3; exec 3>&-; echo more; sleep 0.2; exit 7");
  EXPECT_EQ(end_of(token).exit_code, 7);
  EXPECT_EQ(heard(token).progress, 3);
  EXPECT_EQ(logged(token), "more\n");
}

TEST_P(Beats, AGrandchildThatKeepsTheDescriptorHoldsNothing) {
  const Token token = start_shell(
      "(exec >&- 2>&-; while :; do echo beat >&3; sleep 0.02; done) & "
      "exit 4");
  const auto end = end_of(token);
  EXPECT_EQ(end.exit_code, 4);
  EXPECT_GE(end.leaked, 1);
  const auto beats = beats_[token].size();
  run_shell("sleep 0.3");  // the loop runs on
  EXPECT_EQ(beats_[token].size(), beats) << "nothing is heard of the dead";
}

TEST_P(Beats, StreamsThatEndedLeaveTheDescriptorToTheJob) {
  const Token token = start_shell("exec >&- 2>&-; sleep 0.2; echo beat 9 >&3; sleep 0.3; exit 6");
  EXPECT_EQ(end_of(token).exit_code, 6);
  EXPECT_EQ(heard(token).progress, 9);
}

}  // namespace
}  // namespace takt::exec
