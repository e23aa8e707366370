#include "daemon/file_watch.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/scratch_folder_for_test.h"

namespace takt::daemon {
namespace {

class FileWatchTest : public ::testing::Test {
 protected:
  FileWatchTest() {
    std::filesystem::create_directory(folder_ / "jobs");
    write("fleet.toml", "one");
    fleet::FilesRead read;
    read.files = {{folder_ / "fleet.toml", std::nullopt}};
    read.folders[folder_ / "jobs"].parts = {"*.toml"};
    watch_.watch(read);
  }

  void write(const std::string& name, const std::string& text) {
    std::ofstream{folder_ / name} << text;
  }

  /// What is on its way is read; whether it was something.
  bool is_noticed() {
    const int before = changes_;
    while (loop_.poll() > 0) {
    }
    return changes_ > before;
  }

  const ScratchFolder folder_;
  boost::asio::io_context loop_;
  int changes_ = 0;
  FileWatch watch_{loop_, [this] { ++changes_; }};
};

TEST_F(FileWatchTest, NoticesAWriteAndARenameOver) {
  EXPECT_FALSE(is_noticed());
  write("fleet.toml", "two");
  EXPECT_TRUE(is_noticed());
  write("new", "three");
  std::filesystem::rename(folder_ / "new", folder_ / "fleet.toml");
  EXPECT_TRUE(is_noticed());
  write("fleet.toml", "four");  // the new file is watched without having been asked for
  EXPECT_TRUE(is_noticed());
}

TEST_F(FileWatchTest, SleepsThroughWhatIsNobodysBusiness) {
  write("log", "x");
  write("jobs/readme.md", "x");
  write("jobs/.a.toml.swp", "x");
  std::filesystem::remove(folder_ / "log");
  EXPECT_FALSE(is_noticed());
}

TEST_F(FileWatchTest, NoticesFilesThatComeChangeAndGo) {
  write("jobs/a.toml", "x");
  EXPECT_TRUE(is_noticed());
  write("jobs/a.toml", "y");
  EXPECT_TRUE(is_noticed());
  std::filesystem::remove(folder_ / "jobs/a.toml");
  EXPECT_TRUE(is_noticed());
  std::filesystem::remove(folder_ / "fleet.toml");
  EXPECT_TRUE(is_noticed());
  write("fleet.toml", "back");
  EXPECT_TRUE(is_noticed());
}

TEST_F(FileWatchTest, KnowsThatSomebodyIsStillWriting) {
  std::FILE* const file = std::fopen((folder_ / "fleet.toml").c_str(), "w");
  std::fputs("half", file);
  std::fflush(file);
  EXPECT_TRUE(is_noticed());
  EXPECT_TRUE(watch_.is_being_written());
  std::fclose(file);
  EXPECT_TRUE(is_noticed());
  EXPECT_FALSE(watch_.is_being_written());
}

TEST_F(FileWatchTest, AFileThatIsReplacedWhileItIsWrittenIsNotWaitedFor) {
  std::FILE* const file = std::fopen((folder_ / "fleet.toml").c_str(), "w");
  std::fputs("half", file);
  std::fflush(file);
  write("new", "whole");
  std::filesystem::rename(folder_ / "new", folder_ / "fleet.toml");
  EXPECT_TRUE(is_noticed());
  EXPECT_FALSE(watch_.is_being_written());
  std::fclose(file);
}

TEST_F(FileWatchTest, TenThousandWritesAreBoundedWork) {
  std::ofstream file{folder_ / "fleet.toml"};
  for (int i = 0; i < 10'000; ++i) file << i << std::flush;
  file.close();
  EXPECT_TRUE(is_noticed());
  EXPECT_LT(changes_, 100);
}

TEST_F(FileWatchTest, AFolderThatIsNotThereIsNoTrouble) {
  fleet::FilesRead read;
  read.files = {{folder_ / "nowhere/fleet.toml", std::nullopt}};
  watch_.watch(read);
  EXPECT_EQ(watch_.trouble(), "");
  write("fleet.toml", "not watched any more");
  EXPECT_FALSE(is_noticed());
}

}  // namespace
}  // namespace takt::daemon
