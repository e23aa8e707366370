// What is read out of a journal's bytes, and what is not.

#include "store/journal_format.h"

#include <gtest/gtest.h>

#include "store/any_row.h"
#include "store/journal_codec.h"
#include "store/sample_rows.h"

namespace takt::store {
namespace {

using Kind = JournalFault::Kind;

std::string encoded(const core::Batch& made) {
  std::string bytes;
  encode_batch(made, bytes);
  return bytes;
}

// --- batches as bytes ----------------------------------------------------------------------------

TEST(JournalCodec, AnyRowsComeBackAsTheyWere) {
  EXPECT_TRUE(rc::check([] {
    auto made = batch(7);
    made.synced = *rc::gen::arbitrary<bool>();
    made.fleet = any_row<core::FleetRow>();
    made.rows = {any_row<core::NodeRow>(), any_row<core::JobRow>(),   any_row<core::HeartbeatRow>(),
                 any_row<core::RunRow>(),  any_row<core::SlotsRow>(), any_row<core::AttemptRow>(),
                 any_row<core::EventRow>()};
    const auto read = decode_batch(encoded(made));
    RC_ASSERT(read);
    RC_ASSERT(read->seq == made.seq && read->synced == made.synced);
    RC_ASSERT(same(read->fleet, made.fleet));
    RC_ASSERT(read->rows.size() == made.rows.size());
    for (std::size_t i = 0; i < made.rows.size(); ++i) {
      std::visit(
          [&](const auto& row) {
            const auto* other = std::get_if<std::decay_t<decltype(row)>>(&read->rows[i]);
            RC_ASSERT(other != nullptr && same(*other, row));
          },
          made.rows[i]);
    }
  }));
}

TEST(JournalCodec, ABatchCutAnywhereIsAnError) {
  const std::string bytes = encoded(batch(1, {run_row(1), attempt_row(1, 1, 1), event_row(1)}));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(decode_batch(std::string_view(bytes).substr(0, length))) << length;
  }
  EXPECT_FALSE(decode_batch(bytes + "x"));
}

TEST(JournalCodec, AnyBytesAreReadOrRefused) {
  EXPECT_TRUE(rc::check([](const std::string& bytes) { static_cast<void>(decode_batch(bytes)); }));
}

TEST(JournalCodec, ARowOfAnOlderTaktHasDefaultsForWhatItDidNotKnow) {
  std::string bytes = encoded(batch(1, {event_row(5, "old")}));
  // The last field of an event is its data: an empty text here. Without it, and one field fewer:
  const std::size_t fields = bytes.find(std::string("E\x08", 2));
  ASSERT_NE(fields, std::string::npos);
  bytes[fields + 1] = 7;
  bytes.resize(bytes.size() - 2);
  const auto read = decode_batch(bytes);
  ASSERT_TRUE(read) << read.error();
  EXPECT_TRUE(same(std::get<core::EventRow>(read->rows[0]), event_row(5, "old")));
}

TEST(JournalCodec, ARowOfANewerTaktIsRefused) {
  std::string bytes = encoded(batch(1, {event_row(5)}));
  bytes[bytes.find(std::string("E\x08", 2)) + 1] = 9;
  EXPECT_FALSE(decode_batch(bytes));
  std::string word = encoded(batch(1, {event_row(5)}));
  word[word.find("info")] = 'I';
  EXPECT_NE(decode_batch(word).error().find("'Info' is not known"), std::string::npos);
}

// --- frames --------------------------------------------------------------------------------------

const JournalOwner kOwner{"social", 1, "0123456789abcdef"};
constexpr std::size_t kSize = 64U << 10U;

class Frames : public ::testing::Test {
 protected:
  Frames() { file_.resize(kSize, '\0'); }

  /// Writes a frame with one batch an event, and moves on.
  std::size_t write(std::initializer_list<std::int64_t> seqs, std::int64_t generation = 1) {
    std::vector<std::string> batches;
    for (const std::int64_t seq : seqs) batches.push_back(encoded(batch(seq, {event_row(seq)})));
    const std::string frame = make_frame(kOwner, generation, end_, batches);
    file_.replace(end_, frame.size(), frame);
    return std::exchange(end_, end_ + frame.size());
  }

  std::expected<JournalContents, JournalFault> parse(std::int64_t generation = 1) const {
    return parse_journal(std::as_bytes(std::span(file_)), generation);
  }

  std::vector<std::int64_t> seqs(std::int64_t generation = 1) const {
    std::vector<std::int64_t> found;
    const auto contents = parse(generation);
    if (!contents) throw std::runtime_error(contents.error().what);
    for (const auto& made : contents->batches) found.push_back(made.seq.value);
    return found;
  }

  std::string file_ = make_header(kOwner);
  std::size_t end_ = kJournalHeaderBytes;
};

using Seqs = std::vector<std::int64_t>;

TEST_F(Frames, ANewJournalIsEmptyAndSaysWhoseItIs) {
  const auto contents = parse();
  ASSERT_TRUE(contents);
  EXPECT_EQ(contents->owner, kOwner);
  EXPECT_TRUE(contents->batches.empty());
  EXPECT_EQ(contents->end, kJournalHeaderBytes);
}

TEST_F(Frames, FramesAreReadInOrder) {
  write({1, 2});
  write({3});
  EXPECT_EQ(seqs(), (Seqs{1, 2, 3}));
  EXPECT_EQ(parse()->end, end_);
}

TEST_F(Frames, WhatAnEarlierGenerationLeftIsNotRead) {
  for (const std::int64_t seq : {1, 2, 3, 4}) write({seq});
  EXPECT_EQ(seqs(2), Seqs{});
  end_ = kJournalHeaderBytes;
  write({9}, 2);
  EXPECT_EQ(seqs(2), Seqs{9});
}

TEST_F(Frames, ATornLastFrameIsDroppedWhereverItIsCut) {
  write({1});
  const std::size_t last = write({2, 3});
  const std::string whole = file_;
  for (std::size_t cut = last; cut < end_ - 8; cut += 7) {
    file_ = whole;
    for (std::size_t at = cut; at < end_; ++at) file_[at] = '\0';
    EXPECT_EQ(seqs(), Seqs{1}) << cut;
    EXPECT_EQ(parse()->end, last);
  }
}

TEST_F(Frames, ABrokenFrameBeforeAWholeOneIsALoss) {
  write({1});
  const std::size_t middle = write({2});
  write({3});
  const std::string whole = file_;
  for (std::size_t at = middle; at < middle + 24; ++at) {
    file_ = whole;
    file_[at] = static_cast<char>(file_[at] ^ 0x10);
    const auto contents = parse();
    // A length that reaches over the next frame, or a later generation, is told as well.
    ASSERT_FALSE(contents) << at;
    EXPECT_EQ(contents.error().kind, Kind::broken) << at;
  }
}

TEST_F(Frames, AFrameThatWasMovedIsNotRead) {
  const std::size_t first = write({1});
  const std::string frame = file_.substr(first, end_ - first);
  file_.replace(end_, frame.size(), frame);
  EXPECT_EQ(seqs(), Seqs{1});
}

TEST_F(Frames, AJournalThatIsAheadOfItsDatabaseIsRefused) {
  write({1}, 5);
  const auto contents = parse(3);
  ASSERT_FALSE(contents);
  EXPECT_EQ(contents.error().kind, Kind::newer);
}

TEST_F(Frames, ABrokenHeaderIsNoJournal) {
  write({1});
  for (const std::size_t at : {0U, 17U, 25U, 40U}) {
    std::string broken = file_;
    broken[at] = static_cast<char>(broken[at] ^ 1);
    const auto contents = parse_journal(std::as_bytes(std::span(broken)), 1);
    ASSERT_FALSE(contents) << at;
    EXPECT_EQ(contents.error().kind, Kind::not_a_journal);
  }
  EXPECT_FALSE(parse_journal({}, 1));
}

TEST_F(Frames, AnyBytesBehindAHeaderAreReadOrRefused) {
  EXPECT_TRUE(rc::check([](const std::string& bytes) {
    const std::string file = make_header(kOwner) + bytes;
    static_cast<void>(parse_journal(std::as_bytes(std::span(file)), 1));
  }));
}

}  // namespace
}  // namespace takt::store
