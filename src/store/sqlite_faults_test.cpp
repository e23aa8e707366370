// Bad days of the SQLite store: locks, full and failing disks, files that vanish, SIGKILL. After
// each: nothing that was reported as recorded is missing, and nothing that was submitted is lost.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <fstream>
#include <memory>

#include "base/scratch_folder_for_test.h"
#include "store/child_process.h"
#include "store/faulty_vfs.h"
#include "store/file_bytes_for_test.h"
#include "store/heard.h"
#include "store/sample_rows.h"
#include "store/sql.h"
#include "store/sqlite_history.h"
#include "store/sqlite_store.h"

namespace takt::store {
namespace {

using sql::Connection;

Connection connect(const std::filesystem::path& file) {
  auto opened = Connection::open(file, Connection::Access::write, std::chrono::milliseconds{5000});
  if (!opened) throw std::runtime_error(opened.error().what);
  return std::move(*opened);
}

std::unique_ptr<SqliteStore> open_store(const std::filesystem::path& file, Heard& heard) {
  auto store = SqliteStore::open(file, "social", 1, heard);
  if (!store) throw std::runtime_error(store.error().what);
  return std::move(*store);
}

int count_events(const std::filesystem::path& file) {
  return connect(file).value<int>("SELECT count(*) FROM system_events").value_or(-1);
}

bool is_sound(const std::filesystem::path& file) {
  return connect(file).value<std::string>("PRAGMA integrity_check") == "ok";
}

core::Batch big_batch(std::int64_t seq) {
  return batch(seq, {event_row(seq, std::string(600'000, 'b'))});
}

class SqliteFaults : public ::testing::Test {
 protected:
  ScratchFolder folder_;
  std::filesystem::path file_ = folder_ / "takt.db";
  Heard heard_;
};

// --- locks ---------------------------------------------------------------------------------------

TEST_F(SqliteFaults, ALongLockIsToldOnceAndOutlived) {
  auto store = open_store(file_, heard_);
  Connection other = connect(file_);
  ASSERT_TRUE(other.exec("BEGIN EXCLUSIVE"));
  for (int seq = 1; seq <= 3; ++seq) store->submit(batch(seq, {event_row(seq)}));
  ASSERT_TRUE(heard_.wait_failed());
  EXPECT_EQ(store->backlog(), 3U);
  EXPECT_FALSE(store->flush(std::chrono::milliseconds{1}));
  store->submit(batch(4, {event_row(4)}));
  ASSERT_TRUE(heard_.wait_journaled(Seq{4}));
  ASSERT_TRUE(other.exec("COMMIT"));
  ASSERT_TRUE(heard_.wait_recorded(Seq{4}));
  EXPECT_EQ(heard_.story(), "failed(in_use) journaled(4) back recorded(4)");
  EXPECT_EQ(count_events(file_), 4);
}

TEST_F(SqliteFaults, AShortLockIsNoFailure) {
  auto store = open_store(file_, heard_);
  Connection other = connect(file_);
  ASSERT_TRUE(other.exec("BEGIN EXCLUSIVE"));
  store->submit(batch(1, {event_row(1)}));
  ASSERT_TRUE(other.exec("COMMIT"));
  ASSERT_TRUE(heard_.wait_recorded(Seq{1}));
  EXPECT_EQ(heard_.story(), "recorded(1)");
}

TEST_F(SqliteFaults, ClosingALockedStoreEndsAndReportsNothingAsRecorded) {
  auto store = open_store(file_, heard_);
  Connection other = connect(file_);
  ASSERT_TRUE(other.exec("BEGIN EXCLUSIVE"));
  store->submit(batch(1, {event_row(1)}));
  const auto before = std::chrono::steady_clock::now();
  store.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds{10});
  ASSERT_TRUE(other.exec("COMMIT"));
  EXPECT_EQ(heard_.story().find("recorded"), std::string::npos);
  EXPECT_EQ(count_events(file_), 0);
}

TEST_F(SqliteFaults, ClosingWritesWhatIsQueued) {
  auto store = open_store(file_, heard_);
  for (int seq = 1; seq <= 1000; ++seq) store->submit(batch(seq, {event_row(seq)}));
  store.reset();
  EXPECT_TRUE(heard_.wait_recorded(Seq{1000}));
  EXPECT_EQ(count_events(file_), 1000);
}

// --- files that vanish ---------------------------------------------------------------------------

TEST_F(SqliteFaults, AFileMovedAwayIsToldAndMovingItBackHeals) {
  auto store = open_store(file_, heard_);
  store->submit(batch(1, {event_row(1)}));
  ASSERT_TRUE(heard_.wait_recorded(Seq{1}));
  std::filesystem::rename(file_, folder_ / "moved.db");
  store->submit(batch(2, {event_row(2)}));
  ASSERT_TRUE(heard_.wait_failed());
  EXPECT_FALSE(std::filesystem::exists(file_));  // no empty history in its place
  store->submit(batch(3, {event_row(3)}));
  std::filesystem::rename(folder_ / "moved.db", file_);
  ASSERT_TRUE(heard_.wait_recorded(Seq{3}));
  EXPECT_TRUE(heard_.story().starts_with("recorded(1) failed(io) journaled(")) << heard_.story();
  EXPECT_TRUE(heard_.story().ends_with(") back recorded(3)")) << heard_.story();
  store.reset();
  EXPECT_EQ(count_events(file_), 3);
}

TEST_F(SqliteFaults, AReplacedFileIsNeverWrittenTo) {
  {
    auto other = open_store(folder_ / "other.db", heard_);
  }
  auto store = open_store(file_, heard_);
  std::filesystem::rename(file_, folder_ / "moved.db");
  std::filesystem::rename(folder_ / "other.db", file_);
  const std::string before = bytes_of(file_);
  store->submit(batch(1, {event_row(1)}));
  ASSERT_TRUE(heard_.wait_failed());
  EXPECT_NE(heard_.all()[0].error.what.find("was replaced"), std::string::npos);
  EXPECT_FALSE(heard_.all()[0].error.hint.empty());
  store.reset();
  EXPECT_TRUE(before == bytes_of(file_));
}

// --- disks ---------------------------------------------------------------------------------------

TEST_F(SqliteFaults, AFileSizeLimitIsAFailureLikeAnyOtherAndNothingIsLost) {
  const int status = in_child([&] {
    auto store = open_store(file_, heard_);
    store->submit(batch(1, {event_row(1)}));
    must(heard_.wait_recorded(Seq{1}), "recorded before the limit");
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    const rlimit before = limit;
    limit.rlim_cur = 300'000;
    setrlimit(RLIMIT_FSIZE, &limit);
    store->submit(big_batch(2));
    must(heard_.wait_failed(), "told of the limit");
    store->submit(batch(3, {event_row(3)}));
    setrlimit(RLIMIT_FSIZE, &before);
    must(heard_.wait_recorded(Seq{3}), "recorded after the limit");
    must(heard_.story().starts_with("recorded(1) failed(io) journal"), heard_.story().c_str());
    must(heard_.story().ends_with(" back recorded(3)"), heard_.story().c_str());
  });
  ASSERT_EQ(status, 0);
  EXPECT_EQ(count_events(file_), 3);
  EXPECT_TRUE(is_sound(file_));
}

TEST_F(SqliteFaults, AFullDiskIsToldAndOutlived) {
  const int status = in_child([&] {
    mount_small_disk(folder_.path());
    auto store = open_store(file_, heard_);
    store->submit(batch(1, {event_row(1)}));
    must(heard_.wait_recorded(Seq{1}), "recorded before it was full");
    const std::filesystem::path filler = folder_ / "filler";
    std::ofstream(filler) << std::string(4'000'000, 'f') << std::flush;  // as much as fits
    // Fits once in the log and once in the database when there is space again.
    store->submit(batch(2, {event_row(2, std::string(200'000, 'b'))}));
    must(heard_.wait_failed(), "told of the full disk");
    store->submit(batch(3, {event_row(3)}));
    std::filesystem::remove(filler);
    must(heard_.wait_recorded(Seq{2}), "recorded when there was space again");
    must(heard_.story().starts_with("recorded(1) failed(io) journal"), heard_.story().c_str());
    must(heard_.wait_recorded(Seq{3}), "recorded the rest");
    store.reset();
    must(count_events(file_) == 3 && is_sound(file_), "all rows are there");
  });
  if (status == kNotPermitted) GTEST_SKIP() << "mounting a small disk is not permitted here";
  EXPECT_EQ(status, 0);
}

TEST_F(SqliteFaults, OnlyASyncedBatchCostsASync) {
  FaultyVfs disk;
  auto store = open_store(file_, heard_);
  int at_report = 0;
  heard_.on_recorded = [&](Seq) { at_report = disk.log_syncs; };
  const auto syncs_of = [&](core::Batch made) {
    const int before = disk.log_syncs;
    store->submit(std::move(made));
    EXPECT_TRUE(store->flush(std::chrono::seconds{30}));
    return at_report - before;
  };
  syncs_of(batch(1, {event_row(1)}));  // the first write syncs the new log's header
  EXPECT_EQ(syncs_of(batch(2, {event_row(2)})), 0);
  core::Batch synced = batch(3, {event_row(3)});
  synced.synced = true;
  EXPECT_EQ(syncs_of(std::move(synced)), 1);
  EXPECT_EQ(syncs_of(batch(4, {event_row(4)})), 0);
}

TEST_F(SqliteFaults, IdsThatTheDiskDoesNotKnowOfAreBounded) {
  FaultyVfs disk;
  auto store = open_store(file_, heard_);
  const auto syncs_of = [&](std::int64_t seq, std::int64_t last_token) {
    core::Batch made = batch(seq, {event_row(seq)});
    made.fleet.last_token = Token{last_token};
    const int before = disk.log_syncs;
    store->submit(std::move(made));
    EXPECT_TRUE(store->flush(std::chrono::seconds{30}));
    return disk.log_syncs - before;
  };
  EXPECT_GT(syncs_of(1, 5), 0);
  EXPECT_EQ(syncs_of(2, 5 + core::kUnsyncedIdsMax), 0);
  EXPECT_EQ(syncs_of(3, 6 + core::kUnsyncedIdsMax), 1);
  EXPECT_EQ(syncs_of(4, 7 + core::kUnsyncedIdsMax), 0);
}

TEST_F(SqliteFaults, ASyncThatFailedIsNotTrustedTheNextTime) {
  FaultyVfs disk;
  auto store = open_store(file_, heard_);
  store->submit(batch(1, {event_row(1)}));
  ASSERT_TRUE(heard_.wait_recorded(Seq{1}));
  const int opened = disk.logs_opened;
  disk.log_syncs_to_fail = 1;
  core::Batch synced = batch(2, {event_row(2)});
  synced.synced = true;
  store->submit(std::move(synced));
  ASSERT_TRUE(heard_.wait_recorded(Seq{2}));
  EXPECT_EQ(heard_.story(), "recorded(1) failed(io) journaled(2) back recorded(2)");
  EXPECT_GT(disk.logs_opened, opened);  // by a connection of its own
  store.reset();
  EXPECT_EQ(count_events(file_), 2);
  EXPECT_TRUE(is_sound(file_));
}

// --- broken invariants -----------------------------------------------------------------------------

/// A daemon that got this far is wrong about its own runs: it stops, and none of the batch is there.
TEST_F(SqliteFaults, ASecondRunOfOneSlotOrTokenOfOneAttemptEndsTheProcess) {
  auto other = run_row(2);
  other.slot_number = 1;
  const core::Batch bugs[] = {batch(2, {event_row(2), run_row(1), other}),
                              batch(2, {event_row(2), attempt_row(1, 7, 1), attempt_row(2, 7, 1)})};
  open_store(file_, heard_)->submit(batch(1, {event_row(1)}));
  for (const core::Batch& bug : bugs) {
    const int status = in_child([&] {
      auto store = open_store(file_, heard_);
      store->submit(bug);
      store->flush(std::chrono::seconds{30});
    });
    EXPECT_EQ(status, -1);
    EXPECT_EQ(count_events(file_), 1);
  }
}

// --- SIGKILL -------------------------------------------------------------------------------------

/// Tells a pipe of what is recorded.
class Acknowledging final : public ports::StoreListener {
 public:
  explicit Acknowledging(int pipe) : pipe_(pipe) {}
  void recorded(Seq through) override {
    if (write(pipe_, &through.value, sizeof through.value) < 0) _exit(1);
  }
  void failed(const ports::StoreError&, const core::JournalUse&) override { _exit(1); }
  void journaled(Seq, const core::JournalUse&) override { _exit(1); }
  void journal_full(const std::string&, const core::JournalUse&) override { _exit(1); }
  void back(const core::StoreBack&) override {}

 private:
  int pipe_;
};

/// In a child: batches of a run and an event each, numbered after `base`, until it is killed.
[[noreturn]] void write_for_ever(const std::filesystem::path& file, std::int64_t base, int pipe) {
  Acknowledging listener(pipe);
  auto store = SqliteStore::open(file, "social", 1, listener);
  if (!store) _exit(1);
  for (std::int64_t seq = 1;; ++seq) {
    core::Batch made = batch(seq, {run_row(base + seq), event_row(base + seq)});
    made.fleet.last_event = EventId{base + seq};
    made.synced = seq % 7 == 0;
    (*store)->submit(std::move(made));
    if ((*store)->backlog() > 20) (*store)->flush(std::chrono::seconds{10});
  }
}

/// Kills a writing child after `acks` reports; the last seq it reported.
std::int64_t kill_after(const std::filesystem::path& file, std::int64_t base, int acks) {
  int ends[2];
  if (pipe(ends) != 0) return -1;
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    write_for_ever(file, base, ends[1]);
  }
  close(ends[1]);
  std::int64_t seq = 0;
  std::int64_t last = 0;
  for (int heard = 0; read(ends[0], &seq, sizeof seq) == sizeof seq; ++heard) {
    last = seq;
    if (heard == acks) kill(child, SIGKILL);
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? last : -1;
}

TEST_F(SqliteFaults, WhatWasRecordedSurvivesEverySigkill) {
  std::int64_t base = 0;
  for (int round = 0; round < 25; ++round) {
    const std::int64_t recorded = kill_after(file_, base, (round * 37) % 101);
    ASSERT_GT(recorded, 0);
    {
      auto history = SqliteHistory::open(file_);  // with the log that the killed one left
      ASSERT_TRUE(history) << history.error().what;
      const auto events = (*history)->events({.window = {.limit = 1}}).value();
      ASSERT_EQ(events.size(), 1U);
      const std::int64_t newest = events[0].id.value;
      EXPECT_GE(newest, base + recorded);
      EXPECT_EQ((*history)->fleet().value()->last_event, EventId{newest});
      base = newest;
    }
    Connection database = connect(file_);
    EXPECT_EQ(database.value<std::int64_t>("SELECT count(*) FROM system_events"), base);
    EXPECT_EQ(
        database.value<std::int64_t>("SELECT count(*) FROM runs JOIN system_events USING (id)"),
        base);  // a batch is there with all of its rows or with none
    EXPECT_EQ(database.value<std::string>("PRAGMA integrity_check"), "ok");
  }
}

}  // namespace
}  // namespace takt::store
