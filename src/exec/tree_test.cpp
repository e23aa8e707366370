// A run ends with its whole tree, by itself or by a kill, and nothing else is touched.

#include "exec/tree.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <spawn.h>

#include <filesystem>

#include "exec/launcher_fixture.h"

namespace takt::exec {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class TreeTest : public LauncherTest {
 protected:
  bool no_child_is_alive() const {
    return std::ranges::none_of(children_of_self(), [](int pid) {
      const auto process = read_process(pid);
      return process && process->alive();
    });
  }
};
INSTANTIATE_TEST_SUITE_P(Lanes, TreeTest, testing::Values(CgroupLane::automatic, CgroupLane::none),
                         lane_name);

/// A process of the test's own that nothing may touch.
class Canary {
 public:
  Canary() {
    char name[] = TAKT_WITNESS;
    char quiet[] = "--unwitnessed";
    char life[] = "--for=1m";
    char* argv[] = {name, quiet, life, nullptr};
    char* environment[] = {nullptr};
    EXPECT_EQ(::posix_spawn(&pid_, name, nullptr, nullptr, argv, environment), 0);
  }
  ~Canary() { ::kill(pid_, SIGKILL); }
  bool lives() const { return ::kill(pid_, 0) == 0 && read_process(pid_)->alive(); }

 private:
  pid_t pid_ = 0;
};

TEST_P(TreeTest, ADaemonizedGrandchildIsKilledAndCountedAsLeaked) {
  const auto end = run(witness({"--daemonize"}));
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.leaked, 1);
  EXPECT_TRUE(tagged_processes().empty());
  EXPECT_TRUE(no_child_is_alive());
}

TEST_P(TreeTest, AGrandchildThatWipedItsEnvironmentDoesNotGetAway) {
  const auto end = run(witness({"--daemonize-clean"}));
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.leaked, 1);
  EXPECT_TRUE(no_child_is_alive());
}

TEST_P(TreeTest, TheOrphanOfALivingRunSurvivesTheEndOfAnother) {
  const Token living = start_shell("(setsid sleep 55 &) ; echo ready; sleep 50");
  ASSERT_TRUE(wait_for_output(living, "ready"));
  EXPECT_EQ(run({"true"}).leaked, 0);
  EXPECT_EQ(run_shell("sleep 55 & exit 0").leaked, 1);
  ASSERT_FALSE(ends_.contains(living));
  EXPECT_GE(tagged_processes().size(), 2U);
  launcher_->kill(living, Duration{0});
  EXPECT_EQ(end_of(living).signal, SIGKILL);
  EXPECT_TRUE(tagged_processes().empty());
}

TEST_P(TreeTest, ProcessesThatAreNotOursAreLeftAlone) {
  const Canary before;
  reopen();
  const Canary after;
  EXPECT_EQ(run(witness({"--daemonize-clean"})).leaked, 1);
  const Token token = start_shell("setsid sleep 55 & sleep 55");
  launcher_->kill(token, Duration{0});
  end_of(token);
  EXPECT_TRUE(before.lives());
  EXPECT_TRUE(after.lives());
}

TEST_P(TreeTest, TermEndsAWellBehavedTreeAtOnce) {
  const Token token = start_shell("sleep 55 & sleep 55 & wait");
  launcher_->kill(token, seconds{60});
  const auto end = end_of(token);
  EXPECT_EQ(end.signal, SIGTERM);
  EXPECT_EQ(end.leaked, 0);
  EXPECT_TRUE(tagged_processes().empty());
}

TEST_P(TreeTest, AJobThatIgnoresTermIsKilledWhenTheGraceIsOver) {
  const Token token = start_witness({"--ignore-term", "--say", "ready", "--for", "1m"});
  ASSERT_TRUE(wait_for_output(token, "ready"));
  const auto begun = std::chrono::steady_clock::now();
  launcher_->kill(token, milliseconds{200});
  EXPECT_EQ(end_of(token).signal, SIGKILL);
  const auto took = std::chrono::steady_clock::now() - begun;
  EXPECT_GE(took, milliseconds{200});
  EXPECT_LT(took, seconds{3});
}

TEST_P(TreeTest, ASecondKillShortensTheGraceAndNeverLengthensIt) {
  const Token token = start_witness({"--ignore-term", "--say", "ready", "--for", "1m"});
  ASSERT_TRUE(wait_for_output(token, "ready"));
  const auto begun = std::chrono::steady_clock::now();
  launcher_->kill(token, seconds{60});
  launcher_->kill(token, milliseconds{100});
  launcher_->kill(token, seconds{60});
  EXPECT_EQ(end_of(token).signal, SIGKILL);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds{5});
}

TEST_P(TreeTest, AStoppedJobIsWokenToEnd) {
  const Token token = start_shell("kill -STOP $$; sleep 55");
  ASSERT_TRUE(run_until([&] {
    const auto process = read_process(started_[token].pid);
    return process && process->state == 'T';
  }));
  launcher_->kill(token, seconds{60});
  EXPECT_EQ(end_of(token).signal, SIGTERM);
}

TEST_P(TreeTest, TheRestOfATreeHasItsGraceWhenTheMainProcessObeysFirst) {
  const Token token = start_shell(
      "(trap 'sleep 0.5; exit 0' TERM; echo ready; while :; do sleep 0.02; done)"
      " & trap 'exit 3' TERM; wait");
  ASSERT_TRUE(wait_for_output(token, "ready"));
  const auto begun = std::chrono::steady_clock::now();
  launcher_->kill(token, seconds{20});
  const auto end = end_of(token);
  EXPECT_EQ(end.exit_code, 3);
  EXPECT_EQ(end.leaked, 0);
  const auto took = std::chrono::steady_clock::now() - begun;
  EXPECT_GE(took, milliseconds{450});
  EXPECT_LT(took, seconds{10});
}

TEST_P(TreeTest, AKillRightAfterTheStartKillsAndIsToldInOrder) {
  const Token token = start({"sleep", "55"});
  launcher_->kill(token, Duration{0});
  EXPECT_EQ(end_of(token).signal, SIGKILL);
  EXPECT_TRUE(started_.contains(token));
}

TEST_P(TreeTest, AKillOfAnUnknownTokenIsIgnored) {
  launcher_->kill(Token{999}, Duration{0});
  EXPECT_EQ(run({"true"}).exit_code, 0);
}

TEST_P(TreeTest, AForkBombIsEndedByAKill) {
  const Token token =
      start_witness({"--fork-bomb", "127", "--ignore-term", "--say", "ready", "--for", "1m"});
  ASSERT_TRUE(wait_for_output(token, "ready"));
  ASSERT_TRUE(run_until([&] { return tagged_processes().size() > 60; }));
  const auto begun = std::chrono::steady_clock::now();
  launcher_->kill(token, milliseconds{50});
  EXPECT_EQ(end_of(token).signal, SIGKILL);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds{6});
  EXPECT_TRUE(tagged_processes().empty());
}

TEST_P(TreeTest, AStormOfOrphansIsCollectedToTheLast) {
  EXPECT_EQ(run(witness({"--spawn-orphans", "2000"})).exit_code, 0);
  EXPECT_TRUE(run_until([] { return children_of_self().empty(); }));
}

TEST_P(TreeTest, ThreeHundredAliveAtOnceAreAllEnded) {
  for (int i = 0; i < 300; ++i) start({"sleep", "55"});
  ASSERT_TRUE(run_until([&] { return started_.size() == 300; }));
  EXPECT_EQ(launcher_->alive(), 300U);
  for (const auto& [token, process] : started_) launcher_->kill(token, seconds{20});
  ASSERT_TRUE(run_until([&] { return ends_.size() == 300; }));
  for (const auto& [token, end] : ends_) EXPECT_EQ(end.signal, SIGTERM);
}

TEST_P(TreeTest, GroupsAreGoneWithTheLauncher) {
  run({"true"});
  const auto own = own_cgroup_folder();
  launcher_.reset();
  EXPECT_FALSE(own && std::filesystem::exists(*own + "/" + options_.cgroup_name));
  open();
}

}  // namespace
}  // namespace takt::exec
