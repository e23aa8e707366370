// Which files the SQLite store takes, and which it refuses and keeps.

#include "store/database.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/scratch_folder_for_test.h"
#include "store/file_bytes_for_test.h"
#include "store/heard.h"
#include "store/sample_rows.h"
#include "store/schema.h"
#include "store/sqlite_history.h"
#include "store/sqlite_store.h"

namespace takt::store {
namespace {

using Kind = ports::StoreError::Kind;

class DatabaseFile : public ::testing::Test {
 protected:
  auto open(const std::string& fleet = "social", double speed = 1) {
    return SqliteStore::open(file_, fleet, speed, heard_);
  }

  /// A good database with some rows, closed.
  void make(int rows = 200) {
    auto store = open();
    ASSERT_TRUE(store) << store.error().what;
    std::vector<core::Row> events;
    for (int i = 1; i <= rows; ++i) events.emplace_back(event_row(i, std::string(200, 'x')));
    (*store)->submit(batch(1, std::move(events)));
    ASSERT_TRUE((*store)->flush(std::chrono::seconds{30}));
  }

  sql::Connection connect() {
    auto opened = sql::Connection::open(file_, sql::Connection::Access::write,
                                        std::chrono::milliseconds{100});
    if (!opened) throw std::runtime_error(opened.error().what);
    return std::move(*opened);
  }

  void expect_refused_and_kept(Kind kind, const std::string& words) {
    const std::string before = bytes_of(file_);
    const auto store = open();
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().kind, kind) << store.error().what;
    EXPECT_NE(store.error().what.find(file_.string()), std::string::npos) << store.error().what;
    EXPECT_NE(store.error().what.find(words), std::string::npos) << store.error().what;
    EXPECT_FALSE(store.error().hint.empty());
    EXPECT_TRUE(before == bytes_of(file_));
  }

  ScratchFolder folder_;
  std::filesystem::path file_ = folder_ / "takt.db";
  Heard heard_;
};

TEST_F(DatabaseFile, ANewOneIsPrivateAndReadyToUse) {
  const mode_t before = umask(0);
  make();
  umask(before);
  struct stat status{};
  ASSERT_EQ(stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "takt.db.new"));
}

TEST_F(DatabaseFile, TheLogIsPrivateToo) {
  auto store = open();
  ASSERT_TRUE(store);
  (*store)->submit(batch(1));
  ASSERT_TRUE((*store)->flush(std::chrono::seconds{30}));
  struct stat status{};
  ASSERT_EQ(stat((folder_ / "takt.db-wal").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(DatabaseFile, WhatAKilledCreationLeftIsNoObstacle) {
  write_bytes(folder_ / "takt.db.new", "half a database");
  write_bytes(folder_ / "takt.db.new-wal", "half a log");
  EXPECT_TRUE(open());
}

TEST_F(DatabaseFile, ClosingBringsTheLogIntoTheFile) {
  make();
  EXPECT_FALSE(std::filesystem::exists(folder_ / "takt.db-wal"));
}

TEST_F(DatabaseFile, GarbageIsRefusedAndKept) {
  write_bytes(file_, std::string(50'000, 'g'));
  expect_refused_and_kept(Kind::corrupt, "not a database");
}

TEST_F(DatabaseFile, AnEmptyFileIsRefusedAndKept) {
  write_bytes(file_, "");
  expect_refused_and_kept(Kind::corrupt, "empty");
}

TEST_F(DatabaseFile, AZeroedHeaderIsRefusedAndKept) {
  make();
  std::string bytes = bytes_of(file_);
  bytes.replace(0, 4096, 4096, '\0');
  write_bytes(file_, bytes);
  expect_refused_and_kept(Kind::corrupt, "");
}

TEST_F(DatabaseFile, ATruncatedFileIsRefusedAndKept) {
  make();
  const std::string bytes = bytes_of(file_);
  write_bytes(file_, bytes.substr(0, bytes.size() / 2));
  expect_refused_and_kept(Kind::corrupt, "");
}

TEST_F(DatabaseFile, ABrokenPageIsRefusedAndKept) {
  make();
  std::string bytes = bytes_of(file_);
  bytes.replace(bytes.size() - 2 * 4096, 4096, 4096, '\xa5');
  write_bytes(file_, bytes);
  expect_refused_and_kept(Kind::corrupt, "");
}

TEST_F(DatabaseFile, ADatabaseOfSomethingElseIsRefusedAndKept) {
  write_bytes(file_, "");
  ASSERT_TRUE(connect().exec("CREATE TABLE cookies (id)"));
  expect_refused_and_kept(Kind::corrupt, "not one of takt's");
}

TEST_F(DatabaseFile, ANewerSchemaIsRefusedAndKept) {
  make();
  ASSERT_TRUE(connect().exec("INSERT INTO schema_version VALUES (999, 0)"));
  expect_refused_and_kept(Kind::too_new, "version 999");
  const auto history = SqliteHistory::open(file_);
  ASSERT_FALSE(history);
  EXPECT_EQ(history.error().kind, Kind::too_new);
}

TEST_F(DatabaseFile, AnotherFleetIsRefused) {
  make();
  const auto store = open("antisocial");
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().kind, Kind::foreign_fleet);
  EXPECT_EQ(store.error().what,
            file_.string() + ": belongs to fleet \"social\", not to \"antisocial\"");
}

TEST_F(DatabaseFile, AnotherSpeedIsRefused) {
  make();
  const auto store = open("social", 60);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().kind, Kind::foreign_fleet);
  EXPECT_EQ(store.error().what, file_.string() + ": was made at --speed 1, not at --speed 60");
}

TEST_F(DatabaseFile, ALinkIsRefused) {
  make();
  std::filesystem::rename(file_, folder_ / "elsewhere.db");
  std::filesystem::create_symlink(folder_ / "elsewhere.db", file_);
  expect_refused_and_kept(Kind::io, "symbolic link");
  std::filesystem::remove(file_);
  std::filesystem::create_symlink(folder_ / "nowhere.db", file_);
  expect_refused_and_kept(Kind::io, "symbolic link");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "nowhere.db"));
}

TEST_F(DatabaseFile, AFolderInItsPlaceIsRefused) {
  std::filesystem::create_directory(file_);
  const auto store = open();
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().kind, Kind::io);
}

TEST_F(DatabaseFile, AMissingFolderIsAnErrorWithThePath) {
  file_ = folder_ / "no" / "such" / "takt.db";
  const auto store = open();
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().kind, Kind::io);
  EXPECT_NE(store.error().what.find(file_.string()), std::string::npos);
}

TEST_F(DatabaseFile, ALogWithoutItsDatabaseIsRefusedAndKept) {
  write_bytes(folder_ / "takt.db-wal", "the newest rows");
  const auto store = open();
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().kind, Kind::corrupt);
  EXPECT_NE(store.error().what.find("is missing, but its -wal"), std::string::npos);
  EXPECT_EQ(bytes_of(folder_ / "takt.db-wal"), "the newest rows");
  EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(DatabaseFile, OneThatSomebodyKeepsForHimselfIsInUse) {
  make();
  sql::Connection other = connect();
  ASSERT_TRUE(
      other.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE;"
                 "INSERT INTO leader VALUES (1, 1, 'other', 0); COMMIT"));
  expect_refused_and_kept(Kind::in_use, "locked");
}

TEST_F(DatabaseFile, AWordThisBuildDoesNotKnowIsToldNotGuessed) {
  make();
  ASSERT_TRUE(connect().exec("UPDATE system_events SET kind = 'moon_landed' WHERE id = 3"));
  auto history = SqliteHistory::open(file_);
  ASSERT_TRUE(history);
  EXPECT_TRUE((*history)->events({.window = {.limit = 1}}));
  const auto events = (*history)->events({.window = {.all = true}});
  ASSERT_FALSE(events);
  EXPECT_EQ(events.error().kind, Kind::too_new);
  EXPECT_NE(events.error().what.find("system_events.kind holds \"moon_landed\""), std::string::npos)
      << events.error().what;
}

}  // namespace
}  // namespace takt::store
