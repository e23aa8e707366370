// What a daemon that died left running, and what it did not.

#include "exec/leftovers.h"

#include <signal.h>
#include <spawn.h>

#include <filesystem>

#include "exec/boot.h"
#include "exec/launcher_fixture.h"

namespace takt::exec {
namespace {

class LeftoversTest : public LauncherTest {
 protected:
  /// Starts a job, waits for `ready`, and lets the daemon die.
  core::AttemptRow left_by_a_dead_daemon(const std::string& shell) {
    const Token token = start_shell(shell);
    EXPECT_TRUE(wait_for_output(token, "ready"));
    EXPECT_TRUE(run_until([&] { return started_.contains(token); }));
    core::AttemptRow row{.token = token, .run = RunId{token.value}, .process = started_[token]};
    reopen();
    return row;
  }
  int killed_of(const core::AttemptRow& row) {
    launcher_->kill_leftover(row);
    EXPECT_TRUE(run_until([&] { return gone_.contains(row.token); }));
    return gone_[row.token];
  }
};
INSTANTIATE_TEST_SUITE_P(Lanes, LeftoversTest,
                         testing::Values(CgroupLane::automatic, CgroupLane::none), lane_name);

TEST_P(LeftoversTest, AreKilledByTheProcessOfTheRow) {
  const auto row = left_by_a_dead_daemon("echo ready; sleep 55");
  ASSERT_FALSE(tagged_processes().empty());
  EXPECT_GE(killed_of(row), 1);
  EXPECT_TRUE(tagged_processes().empty());
}

TEST_P(LeftoversTest, AreKilledWhenTheRowKnowsNoProcess) {
  auto row = left_by_a_dead_daemon("(setsid sleep 55 &); echo ready; sleep 55");
  row.process = {};
  EXPECT_GE(killed_of(row), 2);
  EXPECT_TRUE(tagged_processes().empty());
}

TEST_P(LeftoversTest, AreFoundWithoutTheirEnvironmentByPidAndDescent) {
  const auto row = left_by_a_dead_daemon("echo ready; exec env -i sleep 55");
  EXPECT_GE(killed_of(row), 1);
  EXPECT_EQ(start_ticks(row.process.pid), 0U);
}

TEST_P(LeftoversTest, AreFoundByTheirGroupWhenNothingElseIsKnown) {
  if (launcher_->lane() == CgroupLane::none) GTEST_SKIP() << "without a group nobody could tell";
  auto row = left_by_a_dead_daemon("echo ready; exec env -i setsid sleep 55");
  const int pid = row.process.pid;
  row.process = {};
  EXPECT_GE(killed_of(row), 1);
  EXPECT_EQ(start_ticks(pid), 0U);
}

TEST_P(LeftoversTest, OfADaemonWithGroupsAreFoundByOneWithout) {
  if (launcher_->lane() == CgroupLane::none) GTEST_SKIP() << "without a group nobody could tell";
  auto row = left_by_a_dead_daemon("echo ready; exec env -i sleep 55");
  row.process.pid = 0;
  options_.lane = CgroupLane::none;
  reopen();
  EXPECT_GE(killed_of(row), 1);
  options_.lane = CgroupLane::automatic;
  reopen();  // takes the empty groups away
}

TEST_P(LeftoversTest, OfAnotherTokenOrFleetAreNotTouched) {
  auto row = left_by_a_dead_daemon("exec " TAKT_WITNESS
                                   " --unwitnessed --ignore-term --say ready --for 1m");
  const auto living = tagged_processes().size();
  row.token = Token{row.token.value + 1000};
  row.process = {};
  EXPECT_EQ(killed_of(row), 0);
  EXPECT_EQ(tagged_processes().size(), living);
  row.token = Token{row.token.value - 1000};
  EXPECT_EQ(killed_of(row), 1);
}

/// A process that has nothing of takt but, in the row, its pid.
class Stranger {
 public:
  Stranger() {
    char name[] = TAKT_WITNESS;
    char quiet[] = "--unwitnessed";
    char life[] = "--for=1m";
    char* argv[] = {name, quiet, life, nullptr};
    char* environment[] = {nullptr};
    EXPECT_EQ(::posix_spawn(&pid_, name, nullptr, nullptr, argv, environment), 0);
  }
  ~Stranger() { ::kill(pid_, SIGKILL); }
  int pid() const { return pid_; }
  bool lives() const { return ::kill(pid_, 0) == 0 && read_process(pid_)->alive(); }

 private:
  pid_t pid_ = 0;
};

TEST_P(LeftoversTest, AReusedPidIsNotTheLeftover) {
  const Stranger canary;
  core::AttemptRow row{
      .token = Token{77},
      .process = {
          .pid = canary.pid(), .start_ticks = start_ticks(canary.pid()) + 1, .boot_id = boot_id()}};
  EXPECT_EQ(killed_of(row), 0);
  EXPECT_TRUE(canary.lives());
}

TEST_P(LeftoversTest, OfAnotherBootAreGoneWhateverThePidSays) {
  const Stranger canary;
  core::AttemptRow row{.token = Token{77},
                       .process = {.pid = canary.pid(),
                                   .start_ticks = start_ticks(canary.pid()),
                                   .boot_id = "00000000-0000-0000-0000-000000000000"}};
  EXPECT_EQ(killed_of(row), 0);
  EXPECT_TRUE(canary.lives());
}

TEST_P(LeftoversTest, ARowThatNamesAForeignGroupLeadsNowhere) {
  const auto own = own_cgroup_folder();
  core::AttemptRow row{.token = Token{77}, .process = {.cgroup = own.value_or("/sys/fs/cgroup")}};
  EXPECT_EQ(killed_of(row), 0);
}

TEST_P(LeftoversTest, AHundredTakeWellBelowASecond) {
  std::vector<core::AttemptRow> rows;
  for (int i = 0; i < 100; ++i) rows.push_back({.token = start({"sleep", "55"})});
  ASSERT_TRUE(run_until([&] { return started_.size() == 100; }));
  for (std::size_t i = 0; i < rows.size(); i += 2) rows[i].process = started_[rows[i].token];
  reopen();
  const auto begun = std::chrono::steady_clock::now();
  for (const auto& row : rows) launcher_->kill_leftover(row);
  EXPECT_TRUE(gone_.empty());
  ASSERT_TRUE(run_until([&] { return gone_.size() == 100; }));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{1});
  for (const auto& [token, killed] : gone_) EXPECT_EQ(killed, 1);
  EXPECT_TRUE(tagged_processes().empty());
}

TEST_P(LeftoversTest, LeaveNoGroupBehind) {
  const auto row = left_by_a_dead_daemon("echo ready; sleep 55");
  killed_of(row);
  if (!row.process.cgroup.empty()) {
    EXPECT_FALSE(std::filesystem::exists(row.process.cgroup));
  }
}

}  // namespace
}  // namespace takt::exec
