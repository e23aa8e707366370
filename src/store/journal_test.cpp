// The journal as a file: made, appended to, full, lost, broken, of somebody else.

#include "store/journal.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "base/scratch_folder_for_test.h"
#include "store/child_process.h"
#include "store/file_bytes_for_test.h"
#include "store/sample_rows.h"

namespace takt::store {
namespace {

const JournalOwner kOwner{"social", 1, "0123456789abcdef"};

class JournalFile : public ::testing::Test {
 protected:
  Journal open(std::int64_t generation = 1, const JournalOwner& owner = kOwner) {
    auto journal = Journal::open(file_, owner, generation);
    if (!journal) throw std::runtime_error(journal.error().what);
    return std::move(*journal);
  }
  static std::size_t append(Journal& journal, std::int64_t seq, std::size_t text = 10) {
    const std::vector batches{batch(seq, {event_row(seq, std::string(text, 'j'))})};
    return journal.append(batches);
  }
  std::vector<std::int64_t> found(std::int64_t generation = 1) {
    std::vector<std::int64_t> seqs;
    for (const auto& made : open(generation).take_found()) seqs.push_back(made.seq.value);
    return seqs;
  }

  ScratchFolder folder_;
  std::filesystem::path file_ = folder_ / "journal";
};

using Seqs = std::vector<std::int64_t>;

TEST_F(JournalFile, ANewOneIsPrivateAndHasItsSpace) {
  const Journal journal = open();
  struct stat status{};
  ASSERT_EQ(stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(status.st_size, 1 << 20);
  EXPECT_GE(status.st_blocks * 512, status.st_size);
  EXPECT_EQ(journal.use(), (core::JournalUse{0, (1 << 20) - 4096}));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "journal.new"));
}

TEST_F(JournalFile, WhatIsAppendedIsFoundByTheNext) {
  {
    Journal journal = open();
    EXPECT_FALSE(journal.is_used());
    EXPECT_EQ(append(journal, 1), 1U);
    EXPECT_EQ(append(journal, 2), 1U);
    EXPECT_TRUE(journal.is_used());
    EXPECT_GT(journal.use().used_bytes, 0);
  }
  EXPECT_EQ(found(), (Seqs{1, 2}));
  {
    Journal journal = open();
    EXPECT_EQ(append(journal, 3), 1U);  // goes on behind them
  }
  EXPECT_EQ(found(), (Seqs{1, 2, 3}));
}

TEST_F(JournalFile, TheNextGenerationBeginsAtTheFrontAndHidesTheLast) {
  Journal journal = open();
  for (int seq = 1; seq <= 5; ++seq) append(journal, seq);
  journal.begin(2);
  EXPECT_FALSE(journal.is_used());
  EXPECT_EQ(journal.use().used_bytes, 0);
  EXPECT_EQ(found(2), Seqs{});
  append(journal, 6);
  EXPECT_EQ(found(2), Seqs{6});
}

TEST_F(JournalFile, AFullOneTakesWhatFitsAndNoMore) {
  Journal journal = open();
  const std::vector batches{
      batch(1, {event_row(1, std::string(600'000, 'j'))}), batch(2, {event_row(2)}),
      batch(3, {event_row(3, std::string(600'000, 'j'))}), batch(4, {event_row(4)})};
  EXPECT_EQ(journal.append(batches), 2U);
  EXPECT_TRUE(journal.trouble().empty());
  EXPECT_EQ(journal.append(std::span(batches).subspan(2)), 0U);
  EXPECT_EQ(found(), (Seqs{1, 2}));
}

TEST_F(JournalFile, ItIsUsedToItsLastByte) {
  Journal journal = open();
  const std::size_t room = static_cast<std::size_t>(journal.use().capacity_bytes);
  std::size_t text = room;
  while (append(journal, 1, text) == 0) text -= 1;
  EXPECT_LT(room - text, 300U);
  EXPECT_LE(journal.use().used_bytes, journal.use().capacity_bytes);
  EXPECT_EQ(found(), Seqs{1});
}

TEST_F(JournalFile, OneThatIsMovedAwayTakesNothingMoreUntilItIsBack) {
  Journal journal = open();
  append(journal, 1);
  std::filesystem::rename(file_, folder_ / "elsewhere");
  EXPECT_EQ(append(journal, 2), 0U);
  EXPECT_NE(journal.trouble().find("was deleted, moved or replaced"), std::string::npos);
  std::filesystem::rename(folder_ / "elsewhere", file_);
  EXPECT_EQ(append(journal, 2), 0U);  // in this generation it is not trusted again
  journal.begin(2);
  EXPECT_EQ(append(journal, 3), 1U);
  EXPECT_EQ(found(2), Seqs{3});
}

TEST_F(JournalFile, OneThatWasDeletedIsMadeAnewForTheNextGeneration) {
  Journal journal = open();
  std::filesystem::remove(file_);
  EXPECT_EQ(append(journal, 1), 0U);
  journal.begin(2);
  EXPECT_EQ(append(journal, 2), 1U);
  EXPECT_EQ(found(2), Seqs{2});
}

TEST_F(JournalFile, ABrokenOneIsKeptAndToldOnce) {
  {
    Journal journal = open();
    append(journal, 1);
    append(journal, 2);
  }
  std::string bytes = bytes_of(file_);
  bytes[kJournalHeaderBytes + 30] ^= 1;
  write_bytes(file_, bytes);
  const auto broken = Journal::open(file_, kOwner, 1);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().kind, ports::StoreError::Kind::corrupt);
  EXPECT_NE(broken.error().what.find("journal.corrupt-1"), std::string::npos);
  EXPECT_TRUE(bytes == bytes_of(folder_ / "journal.corrupt-1"));
  EXPECT_EQ(found(), Seqs{});
}

TEST_F(JournalFile, GarbageInItsPlaceIsKeptAndTold) {
  write_bytes(file_, "no journal");
  EXPECT_FALSE(Journal::open(file_, kOwner, 1));
  EXPECT_EQ(bytes_of(folder_ / "journal.corrupt-1"), "no journal");
  EXPECT_EQ(found(), Seqs{});
}

TEST_F(JournalFile, TheJournalOfAnotherDatabaseIsPutAsideWithWhatIsInIt) {
  {
    Journal journal = open();
    append(journal, 1);
  }
  JournalOwner other = kOwner;
  other.store_id = "another";
  EXPECT_TRUE(open(1, other).take_found().empty());
  EXPECT_TRUE(std::filesystem::exists(folder_ / "journal.aside-1"));
  std::filesystem::remove(file_);
  std::filesystem::rename(folder_ / "journal.aside-1", file_);
  EXPECT_EQ(found(), Seqs{1});
}

TEST_F(JournalFile, OneThatIsAheadOfTheDatabaseIsRefusedAndKept) {
  {
    Journal journal = open(5);
    append(journal, 1);
  }
  const auto refused = Journal::open(file_, kOwner, 3);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ports::StoreError::Kind::too_new);
  EXPECT_EQ(found(5), Seqs{1});
}

TEST_F(JournalFile, ALinkIsNotFollowed) {
  write_bytes(folder_ / "victim", "precious");
  std::filesystem::create_symlink(folder_ / "victim", file_);
  Journal journal = open();
  EXPECT_EQ(journal.use().capacity_bytes, 0);
  EXPECT_FALSE(journal.trouble().empty());
  EXPECT_EQ(append(journal, 1), 0U);
  EXPECT_EQ(bytes_of(folder_ / "victim"), "precious");
}

TEST_F(JournalFile, OnASmallDiskItLeavesRoomAndGrowsWhenThereIsMore) {
  const int status = in_child([&] {
    mount_small_disk(folder_.path());
    std::ofstream(folder_ / "filler") << std::string(500'000, 'f') << std::flush;
    {
      Journal journal = open();
      const auto size = journal.use().capacity_bytes;
      must(size > 50'000 && size < 150'000, "a quarter of what is free");
      append(journal, 1);
    }
    must(found() == Seqs{1}, "one that is in use keeps its size");
    std::filesystem::remove(folder_ / "filler");
    must(open(2).use().capacity_bytes > 200'000, "an empty one grows");
    std::filesystem::remove(file_);
    std::ofstream(folder_ / "filler") << std::string(4'000'000, 'f') << std::flush;
    Journal none = open(3);
    must(none.use().capacity_bytes == 0 && !none.trouble().empty(), "no room, and it says so");
    std::filesystem::remove(folder_ / "filler");
    none.begin(4);
    must(append(none, 2) == 1, "there is one as soon as there is room");
  });
  if (status == kNotPermitted) GTEST_SKIP() << "mounting a small disk is not permitted here";
  EXPECT_EQ(status, 0);
}

TEST_F(JournalFile, AFullDiskDoesNotKeepItFromBeingWritten) {
  const int status = in_child([&] {
    mount_small_disk(folder_.path());
    Journal journal = open();
    std::ofstream(folder_ / "filler") << std::string(4'000'000, 'f') << std::flush;
    for (int seq = 1; seq <= 100; ++seq) must(append(journal, seq, 1000) == 1, "written in place");
    must(found().size() == 100, "all of it is there");
  });
  if (status == kNotPermitted) GTEST_SKIP() << "mounting a small disk is not permitted here";
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace takt::store
