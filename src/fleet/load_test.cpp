#include "fleet/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/scratch_folder_for_test.h"
#include "fleet/decode_testing.h"

namespace takt::fleet {
namespace {

namespace fs = std::filesystem;
using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr uid_t kSomebodyElse = 12'345;

/// A folder of our own, with files in it; gone at the end.
class Load : public ::testing::Test {
 protected:
  fs::path write(const std::string& name, mode_t mode = 0600) {
    const fs::path path = folder_ / name;
    std::ofstream{path} << "[job.a]\nrun = 'x'\n";
    chmod(path.c_str(), mode);
    return path;
  }

  static Problem problem_of(const fs::path& path) {
    const Loaded loaded = load(path, {});
    EXPECT_FALSE(loaded.spec);
    EXPECT_EQ(loaded.problems.size(), 1U);
    EXPECT_EQ(loaded.problems.at(0).line, 0);
    EXPECT_EQ(loaded.problems.at(0).file, path.string());
    return loaded.problems.at(0);
  }

  static void expect_trusted_when_told(const fs::path& path) {
    EXPECT_TRUE(load(path, {.trust_file = true}).spec);
  }

  const ScratchFolder scratch_;
  const fs::path& folder_ = scratch_.path();
};

TEST_F(Load, AFileOfOurOwnIsDecoded) {
  const Loaded loaded = load(write("bot.toml"), {});
  ASSERT_TRUE(loaded.spec);
  EXPECT_EQ(loaded.spec->name, "bot");
  EXPECT_EQ(loaded.spec->state_dir, (folder_ / "state/bot").string());
  EXPECT_TRUE(load(write("readable.toml", 0644), {}).spec);
}

TEST_F(Load, AMissingFileSaysHowToNameOne) {
  const Problem problem = problem_of(folder_ / "none.toml");
  EXPECT_EQ(problem.message, "there is no such file");
  EXPECT_EQ(problem.hint, "name one with -f FILE or $TAKT_FLEET");
}

TEST_F(Load, FoldersPipesAndDevicesAreNoFleetFiles) {
  EXPECT_EQ(problem_of(folder_).message, "is a folder, not a fleet file");
  const fs::path pipe = folder_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(problem_of(pipe).message, "is a pipe, not a fleet file");
  EXPECT_EQ(problem_of("/dev/null").message, "is a device, not a fleet file");
}

TEST_F(Load, AFileThatOthersCanWriteIsRefused) {
  for (const mode_t mode : {0666, 0620, 0602}) {
    const fs::path path = write("fleet.toml", mode);
    const Problem problem = problem_of(path);
    EXPECT_THAT(problem.message, HasSubstr("can be written by others")) << problem.message;
    EXPECT_THAT(problem.hint, HasSubstr("chmod go-w"));
    EXPECT_THAT(problem.hint, HasSubstr("--trust-file"));
    expect_trusted_when_told(path);
  }
}

TEST_F(Load, AFolderThatOthersCanWriteIsRefusedUnlessItIsSticky) {
  const fs::path path = write("fleet.toml");
  for (const mode_t mode : {0777, 0770, 0702}) {
    chmod(folder_.c_str(), mode);
    EXPECT_THAT(problem_of(path).message, HasSubstr("the folder"));
    expect_trusted_when_told(path);
  }
  chmod(folder_.c_str(), 01777);
  EXPECT_TRUE(load(path, {}).spec);
}

TEST_F(Load, AFolderFurtherUpDoesNotCount) {
  fs::create_directory(folder_ / "own");
  chmod((folder_ / "own").c_str(), 0700);
  const fs::path path = write("own/fleet.toml");
  chmod(folder_.c_str(), 0777);
  EXPECT_TRUE(load(path, {}).spec);
}

TEST_F(Load, ALinkIsJudgedByItsTargetAndByBothFolders) {
  fs::create_directory(folder_ / "open");
  const fs::path link = folder_ / "link.toml";
  fs::create_symlink("open/fleet.toml", link);
  const fs::path target = write("open/fleet.toml");
  EXPECT_TRUE(load(link, {}).spec);
  chmod((folder_ / "open").c_str(), 0777);
  EXPECT_THAT(problem_of(link).message, HasSubstr("open' can be written by others"));
  chmod((folder_ / "open").c_str(), 0700);
  chmod(target.c_str(), 0666);
  EXPECT_THAT(problem_of(link).message, HasSubstr("the file"));
  chmod(target.c_str(), 0600);
  chmod(folder_.c_str(), 0777);
  EXPECT_THAT(problem_of(link).message, HasSubstr("the folder"));
}

TEST_F(Load, WhatBelongsToSomebodyElseIsRefused) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  const fs::path path = write("fleet.toml");
  ASSERT_EQ(chown(path.c_str(), kSomebodyElse, 0), 0);
  EXPECT_THAT(problem_of(path).message, EndsWith("belongs to another user (uid 12345)"));
  expect_trusted_when_told(path);
  const fs::path link = folder_ / "link.toml";
  fs::create_symlink(path, link);
  EXPECT_THAT(problem_of(link).message, HasSubstr("the file"));
  ASSERT_EQ(chown(path.c_str(), 0, 0), 0);
  ASSERT_EQ(lchown(link.c_str(), kSomebodyElse, 0), 0);
  EXPECT_THAT(problem_of(link).message, HasSubstr("the symbolic link"));
  ASSERT_EQ(chown(folder_.c_str(), kSomebodyElse, 0), 0);
  EXPECT_THAT(problem_of(path).message, HasSubstr("the folder"));
}

TEST_F(Load, AFileTooLargeIsNotDecoded) {
  const fs::path path = write("fleet.toml");
  fs::resize_file(path, kFileBytesMax + 1);
  EXPECT_EQ(problem_of(path).message, "is larger than 64 MiB");
}

TEST_F(Load, LinksInACircleAreNoFile) {
  fs::create_symlink("a.toml", folder_ / "b.toml");
  fs::create_symlink("b.toml", folder_ / "a.toml");
  EXPECT_THAT(problem_of(folder_ / "a.toml").message, HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace takt::fleet
