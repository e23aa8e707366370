#include "store/memory_store.h"

#include <gtest/gtest.h>

#include "store/heard.h"
#include "store/sample_rows.h"

namespace takt::store {
namespace {

const ports::StoreError kFull{ports::StoreError::Kind::io, "disk full", "free space"};

class MemoryStoreTest : public ::testing::Test {
 protected:
  Heard heard_;
  MemoryStore store_{heard_};
};

TEST_F(MemoryStoreTest, CommitsInsideSubmit) {
  store_.submit(batch(1, {run_row(1)}));
  EXPECT_EQ(heard_.story(), "recorded(1)");
  EXPECT_EQ(store_.rows().runs().size(), 1U);
}

TEST_F(MemoryStoreTest, HeldBatchesWaitUntilTheyAreLetGo) {
  store_.hold();
  store_.submit(batch(1, {run_row(1)}));
  store_.submit(batch(2, {run_row(2)}));
  EXPECT_EQ(heard_.story(), "");
  EXPECT_EQ(store_.backlog(), 2U);
  EXPECT_FALSE(store_.flush(std::chrono::seconds{1}));
  EXPECT_TRUE(store_.rows().runs().empty());
  store_.commit_one();
  EXPECT_EQ(heard_.story(), "recorded(1)");
  EXPECT_EQ(store_.backlog(), 1U);
  store_.release();
  EXPECT_EQ(heard_.story(), "recorded(2)");
  EXPECT_TRUE(store_.flush(std::chrono::seconds{1}));
}

TEST_F(MemoryStoreTest, CommitAllIsOneGroupAndStaysHeld) {
  store_.hold();
  store_.submit(batch(1));
  store_.submit(batch(2));
  store_.commit_all();
  EXPECT_EQ(heard_.all().size(), 1U);
  EXPECT_EQ(heard_.story(), "recorded(2)");
  store_.submit(batch(3));
  EXPECT_EQ(store_.backlog(), 1U);
}

TEST_F(MemoryStoreTest, AFailureIsToldOnceAndNothingIsLost) {
  store_.fail(kFull);
  EXPECT_EQ(heard_.story(), "");  // no batch has met it
  store_.submit(batch(1, {run_row(1)}));
  store_.submit(batch(2, {run_row(2)}));
  store_.commit_all();
  EXPECT_EQ(heard_.story(), "failed(io)");
  EXPECT_EQ(store_.backlog(), 2U);
  store_.heal();
  EXPECT_EQ(heard_.story(), "failed(io) back recorded(2)");
  EXPECT_EQ(store_.rows().runs().size(), 2U);
}

TEST_F(MemoryStoreTest, AFailureNobodyMetIsNeverTold) {
  store_.fail(kFull);
  store_.heal();
  store_.submit(batch(1));
  EXPECT_EQ(heard_.story(), "recorded(1)");
}

TEST_F(MemoryStoreTest, ACrashLosesWhatWasNotRecordedAndOnlyThat) {
  store_.submit(batch(1, {run_row(1)}));
  store_.hold();
  store_.submit(batch(2, {run_row(2)}));
  store_.crash();
  Heard next;
  store_.set_listener(next);
  EXPECT_EQ(store_.backlog(), 0U);
  EXPECT_EQ(store_.load().value().open_runs.size(), 1U);
  store_.submit(batch(1, {run_row(2)}));
  EXPECT_EQ(next.story(), "recorded(1)");
  EXPECT_EQ(heard_.story(), "recorded(1)");
}

TEST_F(MemoryStoreTest, AFailureOutlastsACrashAndIsToldToTheNextListener) {
  store_.fail(kFull);
  store_.submit(batch(1));
  store_.crash();
  Heard next;
  store_.set_listener(next);
  store_.submit(batch(1));
  store_.heal();
  EXPECT_EQ(next.story(), "failed(io) back recorded(1)");
}

TEST_F(MemoryStoreTest, AListenerMaySubmitFromWithinRecorded) {
  heard_.on_recorded = [&](Seq seq) {
    if (seq.value < 5) store_.submit(batch(seq.value + 1));
  };
  store_.submit(batch(1));
  EXPECT_EQ(heard_.all().size(), 5U);
  EXPECT_EQ(heard_.story(), "recorded(5)");
  EXPECT_EQ(store_.backlog(), 0U);
}

TEST_F(MemoryStoreTest, ContradictionsAreCountedAndTheFirstDispositionStands) {
  store_.submit(batch(1, {slots_row(1, 3, core::Reason::down)}));
  store_.submit(batch(2, {slots_row(1, 3, core::Reason::down)}));
  EXPECT_EQ(store_.rows().contradictions(), 0U);
  store_.submit(batch(3, {slots_row(2, 2, core::Reason::paused)}));
  EXPECT_EQ(store_.rows().contradictions(), 1U);
  EXPECT_EQ(store_.rows().slots().at("post").size(), 1U);
}

TEST_F(MemoryStoreTest, ASecondRunOfOneSlotIsABug) {
  auto other = run_row(2);
  other.slot_number = 1;
  EXPECT_DEATH(store_.submit(batch(1, {run_row(1), other})), "a slot has at most one run");
}

TEST_F(MemoryStoreTest, ASecondTokenOfOneAttemptIsABug) {
  EXPECT_DEATH(store_.submit(batch(1, {attempt_row(1, 7, 1), attempt_row(2, 7, 1)})),
               "an attempt of a run has one token");
}

TEST(MemoryStoreRetention, KeepsTheNewestEndedRunsOfEachJobAndEveryOpenOne) {
  Heard heard;
  MemoryStore store(heard, {.keep_runs_per_job = 3, .keep_events = 2});
  store.submit(batch(1, {run_row(1)}));
  for (int i = 2; i <= 20; ++i) {
    store.submit(batch(i, {run_row(i), attempt_row(i, i, 1), event_row(i)}));
    store.submit(batch(i, {good_run(i, std::chrono::seconds{1})}));
  }
  store.submit(batch(21, {good_run(21, std::chrono::seconds{1}, "other")}));
  std::vector<std::int64_t> ids;
  for (const auto& [id, run] : store.rows().runs()) ids.push_back(id.value);
  EXPECT_EQ(ids, (std::vector<std::int64_t>{1, 18, 19, 20, 21}));
  EXPECT_EQ(store.rows().attempts().size(), 3U);
  EXPECT_EQ(store.rows().events().size(), 2U);
}

TEST(MemoryStoreRetention, KeepsTheNewestRangesOfSlots) {
  Heard heard;
  MemoryStore store(heard, {.keep_runs_per_job = 2});
  for (int i = 1; i <= 9; ++i)
    store.submit(batch(i, {slots_row(2 * i, 2 * i, core::Reason::down)}));
  const auto& ranges = store.rows().slots().at("post");
  ASSERT_EQ(ranges.size(), 2U);
  EXPECT_EQ(ranges.begin()->first, 16);
}

}  // namespace
}  // namespace takt::store
