// Power cuts: whatever subset of the unsynced writes reached the disk, the database opens, is whole,
// holds every batch that was reported as synced, and what else it holds is a prefix of what came.

#include <gtest/gtest.h>

#include "base/scratch_folder_for_test.h"
#include "store/heard.h"
#include "store/lossy_vfs.h"
#include "store/sample_rows.h"
#include "store/sql.h"
#include "store/sqlite_store.h"

namespace takt::store {
namespace {

class PowerCut : public ::testing::Test {
 protected:
  /// What a cut leaves: batches up to `synced` at least, up to `written` at most.
  void judge(std::int64_t synced, std::int64_t written, std::int64_t token_synced) {
    const ScratchFolder after;
    disk_.cut_power(folder_.path(), after.path(), dice_);
    Heard heard;
    auto store = SqliteStore::open(after / "takt.db", "social", 1, heard);
    ASSERT_TRUE(store) << store.error().what;
    const auto stored = (*store)->load();
    ASSERT_TRUE(stored) << stored.error().what;
    const std::int64_t last = stored->fleet ? stored->fleet->last_event.value : 0;
    EXPECT_GE(last, synced);
    EXPECT_LE(last, written);
    ASSERT_EQ(stored->open_runs.size(), static_cast<std::size_t>(last));
    if (last > 0) {
      EXPECT_EQ(stored->open_runs.back().run, RunId{last});
    }
    // Tokens that were reported lie within what a next start skips.
    EXPECT_GE((stored->fleet ? stored->fleet->last_token.value : 0) + core::kUnsyncedIdsMax,
              token_synced);
    auto opened = sql::Connection::open(after / "takt.db", sql::Connection::Access::write,
                                        std::chrono::milliseconds{5000});
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->value<std::string>("PRAGMA integrity_check"), "ok");
  }

  ScratchFolder folder_;
  LossyVfs disk_;
  std::mt19937 dice_{1};
};

TEST_F(PowerCut, LosesNothingThatWasSyncedAndKeepsTheOrder) {
  Heard heard;
  auto store = SqliteStore::open(folder_ / "takt.db", "social", 1, heard);
  ASSERT_TRUE(store) << store.error().what;
  std::int64_t synced = 0;
  std::int64_t token = 0;
  for (std::int64_t seq = 1; seq <= 240; ++seq) {
    // Long texts, so that the log is carried over into the database again and again.
    core::Batch made = batch(seq, {run_row(seq), event_row(seq, std::string(dice_() % 4000, 'e'))});
    made.synced = dice_() % 5 == 0;
    made.fleet.last_token = Token{token += dice_() % 300};
    const bool is_synced = made.synced;
    (*store)->submit(std::move(made));
    ASSERT_TRUE(heard.wait_recorded(Seq{seq}));
    if (is_synced) synced = seq;
    if (dice_() % 4 == 0) judge(synced, seq, token);
  }
}

}  // namespace
}  // namespace takt::store
