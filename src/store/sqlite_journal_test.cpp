// Outages of the SQLite store that its journal carries over: everything once, in order, whenever
// the daemon is killed.

#include <gtest/gtest.h>
#include <signal.h>

#include <memory>

#include "base/scratch_folder_for_test.h"
#include "store/child_process.h"
#include "store/file_bytes_for_test.h"
#include "store/heard.h"
#include "store/sample_rows.h"
#include "store/sql.h"
#include "store/sqlite_store.h"

namespace takt::store {
namespace {

using sql::Connection;

Connection connect(const std::filesystem::path& file) {
  auto opened = Connection::open(file, Connection::Access::write, std::chrono::milliseconds{5000});
  if (!opened) throw std::runtime_error(opened.error().what);
  return std::move(*opened);
}

class SqliteJournal : public ::testing::Test {
 protected:
  std::unique_ptr<SqliteStore> open() {
    auto store = SqliteStore::open(file_, "social", 1, heard_);
    if (!store) throw std::runtime_error(store.error().what);
    return std::move(*store);
  }
  /// Somebody else keeps the database to himself until he lets go.
  Connection lock() {
    Connection other = connect(file_);
    if (!other.exec("BEGIN IMMEDIATE")) throw std::runtime_error("no lock");
    return other;
  }
  int count(const std::string& table) {
    return connect(file_).value<int>("SELECT count(*) FROM " + table).value_or(-1);
  }
  /// A child opens the store, meets a lock, submits batches 1..n (an event and a run each) and is
  /// killed as soon as the last one is journaled.
  void die_with_a_journal(int n) {
    open();
    Connection other = lock();
    const int status = in_child([&] {
      auto store = open();
      for (int seq = 1; seq <= n; ++seq) {
        store->submit(batch(seq, {event_row(seq), run_row(seq)}));
      }
      must(heard_.wait_journaled(Seq{n}), "journaled");
      kill(getpid(), SIGKILL);
    });
    ASSERT_EQ(status, -1);
    ASSERT_TRUE(other.exec("ROLLBACK"));
    ASSERT_EQ(count("system_events"), 0);
  }

  ScratchFolder folder_;
  std::filesystem::path file_ = folder_ / "takt.db";
  Heard heard_;
};

TEST_F(SqliteJournal, AnOutageIsJournaledAndCommittedInOrderWhenItIsOver) {
  auto store = open();
  Connection other = lock();
  for (int seq = 1; seq <= 3; ++seq) store->submit(batch(seq, {event_row(seq)}));
  ASSERT_TRUE(heard_.wait_journaled(Seq{3}));
  store->submit(batch(4, {event_row(4)}));
  ASSERT_TRUE(heard_.wait_journaled(Seq{4}));
  EXPECT_EQ(store->backlog(), 4U);
  ASSERT_TRUE(other.exec("ROLLBACK"));
  ASSERT_TRUE(heard_.wait_recorded(Seq{4}));
  EXPECT_EQ(heard_.story(), "failed(in_use) journaled(4) back recorded(4)");
  const auto said = heard_.all();
  EXPECT_EQ(said[said.size() - 2].outage.journaled, 4);
  EXPECT_EQ(said[said.size() - 2].outage.held, 0);
  store.reset();
  EXPECT_EQ(count("system_events"), 4);
  EXPECT_EQ(open()->load()->journal_replayed, 0);  // it is empty again
}

TEST_F(SqliteJournal, WhatAKilledDaemonLeftInItIsReplayedOnce) {
  die_with_a_journal(5);
  {
    auto store = open();
    const auto stored = store->load();
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->journal_replayed, 5);
    EXPECT_EQ(stored->open_runs.size(), 5U);
    EXPECT_EQ(count("system_events"), 5);
    // What comes later must not be undone by a second replay.
    auto ended = run_row(3);
    ended.state = core::RunState::ended;
    store->submit(batch(1, {ended}));
    ASSERT_TRUE(heard_.wait_recorded(Seq{1}));
  }
  const auto stored = open()->load();
  EXPECT_EQ(stored->journal_replayed, 0);
  EXPECT_EQ(stored->open_runs.size(), 4U);
}

/// The commit that takes the journal over and the generation that says so are one transaction, so a
/// daemon that dies right after it leaves a journal that nobody replays.
TEST_F(SqliteJournal, DyingBetweenTheCommitAndTheNextUseReplaysNothing) {
  const int status = in_child([&] {
    auto store = open();
    {
      Connection other = lock();
      store->submit(batch(1, {event_row(1), run_row(1)}));
      must(heard_.wait_journaled(Seq{1}), "journaled");
      must(other.exec("ROLLBACK"), "let go");
    }
    heard_.on_recorded = [](Seq) { kill(getpid(), SIGKILL); };
    heard_.wait_recorded(Seq{1});
  });
  ASSERT_EQ(status, -1);
  ASSERT_TRUE(connect(file_).exec("UPDATE runs SET note = 'later' WHERE id = 1"));
  const auto stored = open()->load();
  EXPECT_EQ(stored->journal_replayed, 0);
  ASSERT_EQ(stored->open_runs.size(), 1U);
  EXPECT_EQ(stored->open_runs[0].note, "later");
}

TEST_F(SqliteJournal, AStartWhileTheDatabaseIsLockedGoesOnWithTheJournal) {
  die_with_a_journal(3);
  Connection other = lock();
  auto store = open();
  const auto stored = store->load();
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->journal_replayed, 3);
  EXPECT_EQ(stored->open_runs.size(), 3U);  // as they will be
  EXPECT_EQ(stored->fleet->last_event, EventId{3});
  store->submit(batch(1, {event_row(4)}));
  ASSERT_TRUE(heard_.wait_journaled(Seq{1}));
  EXPECT_EQ(count("system_events"), 0);
  ASSERT_TRUE(other.exec("ROLLBACK"));
  ASSERT_TRUE(heard_.wait_recorded(Seq{1}));
  EXPECT_EQ(count("system_events"), 4);
  EXPECT_EQ(count("runs"), 3);
}

TEST_F(SqliteJournal, ManyDaemonsKilledInOneOutageLoseNothing) {
  open();
  Connection other = lock();
  for (int life = 0; life < 4; ++life) {
    const int status = in_child([&] {
      auto store = open();
      must(store->load()->journal_replayed == life * 10, "all of the lives before");
      for (int seq = 1; seq <= 10; ++seq) store->submit(batch(seq, {event_row(life * 10 + seq)}));
      must(heard_.wait_journaled(Seq{10}), "journaled");
      kill(getpid(), SIGKILL);
    });
    ASSERT_EQ(status, -1) << life;
  }
  ASSERT_TRUE(other.exec("ROLLBACK"));
  EXPECT_EQ(open()->load()->journal_replayed, 40);
  EXPECT_EQ(count("system_events"), 40);
}

TEST_F(SqliteJournal, WhenItIsFullTheRestWaitsInMemoryAndIsCommittedToo) {
  auto store = open();
  Connection other = lock();
  for (int seq = 1; seq <= 12; ++seq) {
    store->submit(batch(seq, {event_row(seq, std::string(100'000, 'j'))}));
  }
  ASSERT_TRUE(heard_.wait_journal_full());
  store->submit(batch(13, {event_row(13)}));
  ASSERT_TRUE(other.exec("ROLLBACK"));
  ASSERT_TRUE(heard_.wait_recorded(Seq{13}));
  EXPECT_EQ(heard_.story(), "failed(in_use) journaled(10) journal_full back recorded(13)");
  EXPECT_EQ(count("system_events"), 13);
  // And the next outage finds it empty.
  ASSERT_TRUE(other.exec("BEGIN IMMEDIATE"));
  store->submit(batch(14, {event_row(14)}));
  ASSERT_TRUE(heard_.wait_journaled(Seq{14}));
}

TEST_F(SqliteJournal, ABrokenJournalStopsTheStartOnceAndIsKept) {
  die_with_a_journal(3);
  std::string bytes = bytes_of(folder_ / "journal");
  bytes[0] ^= 1;
  write_bytes(folder_ / "journal", bytes);
  const auto refused = SqliteStore::open(file_, "social", 1, heard_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ports::StoreError::Kind::corrupt);
  EXPECT_FALSE(refused.error().hint.empty());
  EXPECT_TRUE(bytes == bytes_of(folder_ / "journal.corrupt-1"));
  EXPECT_EQ(open()->load()->journal_replayed, 0);
}

TEST_F(SqliteJournal, ADatabaseThatWasPutAsideLeavesItsJournalToItself) {
  die_with_a_journal(3);
  std::filesystem::rename(file_, folder_ / "old.db");
  std::filesystem::remove(folder_ / "takt.db-wal");
  std::filesystem::remove(folder_ / "takt.db-shm");
  const auto stored = open()->load();
  EXPECT_EQ(stored->journal_replayed, 0);
  EXPECT_TRUE(stored->open_runs.empty());
  EXPECT_TRUE(std::filesystem::exists(folder_ / "journal.aside-1"));
}

}  // namespace
}  // namespace takt::store
