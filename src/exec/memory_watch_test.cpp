// memory_max holds a whole tree, and only it is what ends a tree as out of memory.

#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "exec/cgroup.h"
#include "exec/launcher_fixture.h"
#include "exec/tree_memory.h"

namespace takt::exec {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

constexpr std::int64_t kMiB = 1 << 20;

// ThreadSanitizer touches four bytes more for each that the witness touches, and they are its own to
// the kernel: a tree that should be within a limit is not.
#if defined(__SANITIZE_THREAD__)
constexpr bool kIsShadowed = true;
#else
constexpr bool kIsShadowed = false;
#endif

class MemoryMax : public LauncherTest {
 protected:
  Token start_within(std::int64_t limit, std::vector<std::string> argv) {
    return start(core::Command{.argv = std::move(argv), .memory_max_bytes = limit});
  }
  Token start_shell_within(std::int64_t limit, const std::string& text) {
    return start_within(limit, {"/bin/sh", "-c", text});
  }
  static std::string hog(const std::string& size) {
    return std::string(TAKT_WITNESS) + " --unwitnessed --for 1m --memory " + size;
  }
};
INSTANTIATE_TEST_SUITE_P(Lanes, MemoryMax, testing::Values(CgroupLane::automatic, CgroupLane::none),
                         lane_name);

TEST_P(MemoryMax, ATreeOverItIsKilledWholeAndToldWithBothNumbers) {
  const auto begun = std::chrono::steady_clock::now();
  const Token token = start_shell_within(64 * kMiB, "sleep 55 & " + hog("96M") + " & wait");
  const auto end = end_of(token);
  EXPECT_TRUE(end.out_of_memory);
  EXPECT_EQ(end.signal, SIGKILL);
  EXPECT_TRUE(end.by_itself) << "nobody had asked for it";
  EXPECT_THAT(end.error, HasSubstr("out of memory"));
  EXPECT_THAT(end.error, HasSubstr("64.0 MiB"));
  EXPECT_TRUE(tagged_processes().empty());
  EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds{10});
}

TEST_P(MemoryMax, WhatATreeHoldsTogetherCounts) {
  const std::string one = hog("40M") + " & ";
  const Token token = start_shell_within(100 * kMiB, one + one + one + "wait");
  EXPECT_TRUE(end_of(token).out_of_memory);
}

TEST_P(MemoryMax, WhatProcessesShareCountsOnce) {
  if (kIsShadowed) GTEST_SKIP() << "the shadow memory of ThreadSanitizer counts too";
  // Five processes that show 60 MiB each, and are 60 MiB.
  const Token token = start_within(110 * kMiB, witness({"--memory", "60M", "--fork-stay", "4",
                                                        "--say", "set", "--for", "1500ms"}));
  ASSERT_TRUE(wait_for_output(token, "set"));
  const auto end = end_of(token);
  EXPECT_EQ(end.exit_code, 0) << end.error;
  EXPECT_FALSE(end.out_of_memory);
}

TEST_P(MemoryMax, ATreeWithinItIsLeftAlone) {
  if (kIsShadowed) GTEST_SKIP() << "the shadow memory of ThreadSanitizer counts too";
  const auto end = run(core::Command{.argv = witness({"--memory", "32M", "--for", "700ms"}),
                                     .memory_max_bytes = 128 * kMiB});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_FALSE(end.out_of_memory);
  EXPECT_EQ(end.error, "");
}

TEST_P(MemoryMax, ASigkillOfAnotherOriginIsNotOutOfMemory) {
  EXPECT_FALSE(end_of(start_shell_within(64 * kMiB, "exit 137")).out_of_memory);
  const auto end = end_of(start_shell_within(64 * kMiB, "kill -KILL $$"));
  EXPECT_EQ(end.signal, SIGKILL);
  EXPECT_FALSE(end.out_of_memory);
}

TEST_P(MemoryMax, AKillThatWasAskedForBeforeStaysThat) {
  if (launcher_->lane() == CgroupLane::v2_controllers) GTEST_SKIP() << "the kernel is quicker";
  const Token token = start_shell_within(
      64 * kMiB, "trap 'exec " + hog("96M") +
                     " --ignore-term' TERM; echo ready; while :; do sleep 0.02; done");
  ASSERT_TRUE(wait_for_output(token, "ready"));
  launcher_->kill(token, milliseconds{1200});
  const auto end = end_of(token);
  EXPECT_EQ(end.signal, SIGKILL);
  EXPECT_FALSE(end.by_itself);
  EXPECT_FALSE(end.out_of_memory);
}

TEST_P(MemoryMax, AKillThatIsAskedForAfterwardsDoesNotHideIt) {
  if (launcher_->lane() == CgroupLane::v2_controllers) GTEST_SKIP() << "the kernel is quicker";
  const Token token = start_within(64 * kMiB, witness({"--memory", "96M", "--for", "1m"}));
  ASSERT_TRUE(run_until([&] {
    const auto trees = launcher_->limited_trees();
    return !trees.empty() && trees[0].used_bytes.value_or(0) > 64 * kMiB;
  }));
  launcher_->kill(token, Duration{0});
  const auto end = end_of(token);
  EXPECT_TRUE(end.out_of_memory);
  EXPECT_TRUE(end.by_itself);
}

TEST_P(MemoryMax, WhatLimitedTreesHoldIsTold) {
  start({"sleep", "55"});
  const Token token = start_within(256 * kMiB, witness({"--memory", "48M", "--for", "1m"}));
  ASSERT_TRUE(run_until([&] {
    const auto trees = launcher_->limited_trees();
    return trees.size() == 1 && trees[0].used_bytes.value_or(0) >= 48 * kMiB;
  })) << "one tree, with what it holds";
  const auto tree = launcher_->limited_trees()[0];
  EXPECT_EQ(tree.run, RunId{token.value});
  EXPECT_EQ(tree.limit_bytes, 256 * kMiB);
  EXPECT_LT(*tree.used_bytes, 256 * kMiB);
}

TEST_P(MemoryMax, HundredTreesAreAllLookedAt) {
  const Token hungry = start_within(64 * kMiB, witness({"--memory", "96M", "--for", "1m"}));
  for (int i = 0; i < 100; ++i) start_within(64 * kMiB, {"sleep", "55"});
  EXPECT_TRUE(end_of(hungry).out_of_memory);
  ASSERT_TRUE(run_until([&] {
    const auto trees = launcher_->limited_trees();
    return trees.size() == 100 &&
           std::ranges::all_of(trees, [](const auto& tree) { return tree.used_bytes > 0; });
  }));
  EXPECT_EQ(ends_.size(), 1U);
}

TEST(TreeMemory, OfThisProcessIsPlausibleBothWays) {
  const std::vector<int> self{::getpid()};
  EXPECT_GT(resident_bytes(self), kMiB);
  EXPECT_GT(proportional_bytes(self), 0);
  EXPECT_LE(proportional_bytes(self), 2 * resident_bytes(self));
}

TEST(TreeMemory, WhatIsGoneHoldsNothing) {
  EXPECT_EQ(resident_bytes({0x7ffffff0}), 0);
  EXPECT_EQ(proportional_bytes({0x7ffffff0, 0}), 0);
  EXPECT_EQ(mebibytes(64 * kMiB + kMiB / 4), "64.2 MiB");
}

// --- the group's own limit, on files as the kernel has them -----------------------------------------

class GroupFiles {
 public:
  GroupFiles() {
    std::filesystem::create_directory(scratch_ / "group");
    for (const char* name : {"memory.max", "memory.oom.group", "memory.swap.max"}) write(name, "");
    write("cgroup.events", "populated 0\nfrozen 0\n");
    write("memory.events", "low 0\noom 1\noom_kill 3\noom_group_kill 1\n");
    write("memory.current", "4096\n");
    write("memory.peak", "8192\n");
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(scratch_ / ("group/" + name)) << text;
  }
  std::string read(const std::string& name) const {
    std::ifstream in(scratch_ / ("group/" + name));
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void remove(const std::string& name) const {
    std::filesystem::remove(scratch_ / ("group/" + name));
  }
  std::unique_ptr<CgroupFolder> open() const { return CgroupFolder::open(scratch_ / "group"); }

 private:
  ScratchFolder scratch_;
};

TEST(GroupLimit, IsOfMemoryWithoutSwapAndKillsTheWholeGroup) {
  const GroupFiles files;
  const auto group = files.open();
  ASSERT_TRUE(group);
  EXPECT_TRUE(group->limit_memory(64 * kMiB));
  EXPECT_EQ(files.read("memory.max"), "67108864");
  EXPECT_EQ(files.read("memory.oom.group"), "1");
  EXPECT_EQ(files.read("memory.swap.max"), "0");
  EXPECT_EQ(group->oom_kills(), 3U);
  EXPECT_EQ(group->memory_used(), 4096);
  EXPECT_EQ(group->memory_peak(), 8192);
}

TEST(GroupLimit, HoldsWithoutTheComfortsOfNewerKernels) {
  const GroupFiles files;
  files.remove("memory.oom.group");
  files.remove("memory.swap.max");
  files.remove("memory.peak");
  const auto group = files.open();
  EXPECT_TRUE(group->limit_memory(kMiB));
  EXPECT_EQ(group->memory_peak(), 0);
}

TEST(GroupLimit, WithoutTheControllerThereIsNone) {
  const GroupFiles files;
  files.remove("memory.max");
  EXPECT_FALSE(files.open()->limit_memory(kMiB));
}

TEST(GroupLimit, AGroupThatHadOneIsNotForTheNextAttempt) {
  const GroupFiles files;
  const auto group = files.open();
  ASSERT_TRUE(group->reusable());
  group->limit_memory(kMiB);
  EXPECT_FALSE(group->reusable());
}

}  // namespace
}  // namespace takt::exec
