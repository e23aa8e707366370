#include "store/whole_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch_folder_for_test.h"
#include "store/database.h"
#include "store/file_bytes_for_test.h"
#include "store/heard.h"
#include "store/journal.h"
#include "store/sample_rows.h"
#include "store/sqlite_store.h"

namespace takt::store {
namespace {

using std::chrono::seconds;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class WholeHistoryOf : public ::testing::Test {
 protected:
  void SetUp() override {
    auto store = SqliteStore::open(folder_ / "takt.db", "social", 1, heard_);
    ASSERT_TRUE(store) << store.error().what;
    ASSERT_TRUE((*store)->load());
    (*store)->submit(batch(1, {good_run(1, seconds{2}), good_run(2, seconds{3}),
                               attempt_row(1, 1, 1), attempt_row(2, 2, 1)}));
    ASSERT_TRUE(heard_.wait_recorded(Seq{1}));
  }

  WholeHistory read() {
    auto all = read_whole_history(folder_ / "takt.db");
    if (!all) throw std::runtime_error(all.error().what);
    return std::move(*all);
  }

  Heard heard_;
  ScratchFolder folder_;
};

TEST_F(WholeHistoryOf, AFreshStoreIsItsRows) {
  const WholeHistory all = read();
  ASSERT_TRUE(all.fleet);
  EXPECT_EQ(all.fleet->name, "social");
  EXPECT_THAT(all.runs, SizeIs(2));
  EXPECT_THAT(all.attempts, SizeIs(2));
  EXPECT_THAT(all.damage, IsEmpty());
  EXPECT_THAT(all.kept_from, IsEmpty());
  EXPECT_EQ(all.journaled, 0);
}

TEST_F(WholeHistoryOf, WhatOnlyTheJournalHasIsPartOfIt) {
  const auto mark = journal_mark(folder_ / "takt.db");
  ASSERT_TRUE(mark);
  auto journal =
      Journal::open(folder_ / "journal", {"social", 1, mark->store_id}, mark->generation);
  ASSERT_TRUE(journal) << journal.error().what;
  const std::vector batches{batch(2, {good_run(2, seconds{9}), good_run(3, seconds{1})})};
  ASSERT_EQ(journal->append(batches), 1U);
  const WholeHistory all = read();
  EXPECT_EQ(all.journaled, 1);
  ASSERT_THAT(all.runs, SizeIs(3));
  EXPECT_EQ(all.runs[1].run, RunId{2});
  EXPECT_EQ(*all.runs[1].ended_at - *all.runs[1].started_at, seconds{9});
  EXPECT_EQ(all.runs[2].run, RunId{3});
  EXPECT_THAT(all.damage, IsEmpty());
}

TEST_F(WholeHistoryOf, AJournalThatWasTakenOverIsNot) {
  const auto mark = journal_mark(folder_ / "takt.db");
  ASSERT_TRUE(mark);
  auto journal =
      Journal::open(folder_ / "journal", {"social", 1, mark->store_id}, mark->generation - 1);
  ASSERT_TRUE(journal) << journal.error().what;
  const std::vector batches{batch(2, {good_run(3, seconds{1})})};
  ASSERT_EQ(journal->append(batches), 1U);
  EXPECT_THAT(read().runs, SizeIs(2));
}

TEST_F(WholeHistoryOf, AMissingDatabaseIsAnError) {
  const auto all = read_whole_history(folder_ / "elsewhere.db");
  ASSERT_FALSE(all);
  EXPECT_EQ(all.error().kind, ports::StoreError::Kind::io);
}

TEST_F(WholeHistoryOf, AFileThatIsNoneOfTaktsIsAnError) {
  write_bytes(folder_ / "garbage.db", std::string(10'000, 'x'));
  const auto all = read_whole_history(folder_ / "garbage.db");
  ASSERT_FALSE(all);
  EXPECT_EQ(all.error().kind, ports::StoreError::Kind::corrupt);
}

}  // namespace
}  // namespace takt::store
