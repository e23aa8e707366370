#include "base/cgroup_place.h"

#include <gtest/gtest.h>

namespace takt {
namespace {

constexpr std::string_view kHybrid =
    "22 1 0:21 / /proc rw,relatime - proc proc rw\n"
    "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
    "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu,cpuacct\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate\n";

TEST(CgroupPlace, FindsEachHierarchyOfAHybridMachine) {
  ASSERT_TRUE(cgroup_v2_mount(kHybrid));
  EXPECT_EQ(cgroup_v2_mount(kHybrid)->point, "/sys/fs/cgroup/unified");
  ASSERT_TRUE(cgroup_v1_mount(kHybrid, "memory"));
  EXPECT_EQ(cgroup_v1_mount(kHybrid, "memory")->point, "/sys/fs/cgroup/memory");
  EXPECT_EQ(cgroup_v1_mount(kHybrid, "cpuacct")->point, "/sys/fs/cgroup/cpu");
  EXPECT_FALSE(cgroup_v1_mount(kHybrid, "acct"));
}

TEST(CgroupPlace, AMachineWithoutGroupsHasNone) {
  EXPECT_FALSE(cgroup_v2_mount("22 1 0:21 / /proc rw - proc proc rw\n"));
  EXPECT_FALSE(cgroup_v1_mount("", "memory"));
}

TEST(CgroupPlace, LinesThatAreNoMountsAreNone) {
  for (const char* text : {" - cgroup2 ", "x - cgroup2 cgroup2 rw", "1 2 3 4 - cgroup2", " - ",
                           "\n\n\n", "1 2 3 / /a rw -"}) {
    EXPECT_FALSE(cgroup_v2_mount(text)) << text;
  }
}

TEST(CgroupPlace, AMountPointWithASpaceIsReadAsWritten) {
  const auto mount = cgroup_v2_mount("41 31 0:38 / /my\\040groups\\134 rw - cgroup2 none rw\n");
  ASSERT_TRUE(mount);
  EXPECT_EQ(mount->point, "/my groups\\");
}

TEST(CgroupPlace, TheOwnPathIsThatOfTheHierarchyAskedFor) {
  const std::string_view own = "9:name=systemd:/\n5:cpu,memory:/a:b\n0::/user.slice\n";
  EXPECT_EQ(cgroup_path(own), "/user.slice");
  EXPECT_EQ(cgroup_path(own, "memory"), "/a:b");
  EXPECT_EQ(cgroup_path(own, "pids"), "");
  EXPECT_EQ(cgroup_path("nonsense\n0:\n", "memory"), "");
}

TEST(CgroupPlace, TheFolderIsBeneathTheMount) {
  EXPECT_EQ(cgroup_folder({"/", "/sys/fs/cgroup"}, "/a/b"), "/sys/fs/cgroup/a/b");
  EXPECT_EQ(cgroup_folder({"/", "/sys/fs/cgroup"}, "/"), "/sys/fs/cgroup");
}

TEST(CgroupPlace, InAContainerTheMountShowsOnlyAPart) {
  const CgroupMount part{"/docker/abc", "/sys/fs/cgroup/memory"};
  EXPECT_EQ(cgroup_folder(part, "/docker/abc/job"), "/sys/fs/cgroup/memory/job");
  EXPECT_EQ(cgroup_folder(part, "/docker/abc"), "/sys/fs/cgroup/memory");
  EXPECT_EQ(cgroup_folder(part, "/docker/abcdef"), "/sys/fs/cgroup/memory");
  EXPECT_EQ(cgroup_folder({"/", "/sys/fs/cgroup"}, "/../other"), "/sys/fs/cgroup");
}

}  // namespace
}  // namespace takt
