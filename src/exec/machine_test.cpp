#include "exec/machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "exec/boot.h"
#include "exec/cgroup.h"

namespace takt::exec {
namespace {

TEST(Machine, EveryFactIsNamedOnceAndSaysWhatIsLostWithoutIt) {
  std::set<std::string> names;
  for (const Fact& fact : probe_machine("/nonexistent/takt").facts) {
    EXPECT_TRUE(names.insert(fact.name).second) << fact.name;
    EXPECT_FALSE(fact.value.empty()) << fact.name;
    EXPECT_EQ(fact.lost.empty(), fact.ok) << fact.name;
  }
  EXPECT_THAT(names, testing::IsSupersetOf({"cgroup v2", "clone3", "pidfd", "disk", "Chromium"}));
}

TEST(Machine, ProbingLeavesNoGroupBehind) {
  const auto own = own_cgroup_folder();
  if (!own) GTEST_SKIP() << "no cgroup v2 here";
  probe_machine("/tmp");
  EXPECT_FALSE(std::filesystem::exists(*own + "/takt-doctor-" + std::to_string(::getpid())));
}

TEST(Boot, APidIsKnownByTheTickItStartedAt) {
  EXPECT_GT(start_ticks(::getpid()), 0U);
  EXPECT_EQ(start_ticks(0x7ffffff0), 0U);
  EXPECT_EQ(boot_id().size(), 36U);
}

}  // namespace
}  // namespace takt::exec
