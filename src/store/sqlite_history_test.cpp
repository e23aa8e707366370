#include "store/sqlite_history.h"

#include <gtest/gtest.h>

#include "base/scratch_folder_for_test.h"
#include "store/child_process.h"
#include "store/file_bytes_for_test.h"
#include "store/heard.h"
#include "store/sample_rows.h"
#include "store/sqlite_store.h"

namespace takt::store {
namespace {

class SqliteHistoryTest : public ::testing::Test {
 protected:
  std::unique_ptr<SqliteStore> open_store() {
    auto store = SqliteStore::open(file_, "social", 1, heard_);
    if (!store) throw std::runtime_error(store.error().what);
    return std::move(*store);
  }

  ScratchFolder folder_;
  std::filesystem::path file_ = folder_ / "takt.db";
  Heard heard_;
};

TEST_F(SqliteHistoryTest, AMissingDatabaseIsToldAndNotMade) {
  const auto history = SqliteHistory::open(file_);
  ASSERT_FALSE(history);
  EXPECT_EQ(history.error().kind, ports::StoreError::Kind::io);
  EXPECT_EQ(history.error().what, file_.string() + ": is not there");
  EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(SqliteHistoryTest, SeesEachCommitOfAWriterThatGoesOn) {
  auto store = open_store();
  auto history = SqliteHistory::open(file_);
  ASSERT_TRUE(history);
  for (int seq = 1; seq <= 50; ++seq) {
    store->submit(batch(seq, {event_row(seq)}));
    ASSERT_TRUE(heard_.wait_recorded(Seq{seq}));
    EXPECT_EQ((*history)->events({.window = {.limit = 1}}).value().at(0).id, EventId{seq});
  }
}

TEST_F(SqliteHistoryTest, GoesOnWhenTheWriterHasClosedTheDatabase) {
  auto store = open_store();
  auto history = SqliteHistory::open(file_);
  ASSERT_TRUE(history);
  store->submit(batch(1, {event_row(1)}));
  store.reset();
  EXPECT_EQ((*history)->events({}).value().size(), 1U);
}

TEST_F(SqliteHistoryTest, ReadingChangesNothingInTheFile) {
  {
    auto store = open_store();
    store->submit(batch(1, {event_row(1)}));
  }
  const std::string before = bytes_of(file_);
  {
    auto history = SqliteHistory::open(file_);
    ASSERT_TRUE(history);
    EXPECT_EQ((*history)->events({}).value().size(), 1U);
  }
  EXPECT_TRUE(before == bytes_of(file_));
}

TEST_F(SqliteHistoryTest, GarbageIsRefused) {
  write_bytes(file_, std::string(9'000, 'g'));
  const auto history = SqliteHistory::open(file_);
  ASSERT_FALSE(history);
  EXPECT_EQ(history.error().kind, ports::StoreError::Kind::corrupt);
}

TEST_F(SqliteHistoryTest, AReadOnlyDiskIsAClearError) {
  const int status = in_child([&] {
    mount_small_disk(folder_.path());
    open_store().reset();
    if (mount(nullptr, folder_.path().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) != 0) {
      _exit(kNotPermitted);
    }
    const auto history = SqliteHistory::open(file_);
    must(!history, "refused");
    must(history.error().kind == ports::StoreError::Kind::io, "an io error");
    must(history.error().hint.find("-shm") != std::string::npos, "says what it needs");
  });
  if (status == kNotPermitted) GTEST_SKIP() << "mounting a small disk is not permitted here";
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace takt::store
