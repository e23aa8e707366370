#include "store/compaction.h"

#include <gtest/gtest.h>

#include "store/memory_rows.h"
#include "store/sample_rows.h"

namespace takt::store {
namespace {

core::RunRow noted(std::int64_t run, const std::string& note) {
  auto row = run_row(run);
  row.note = note;
  return row;
}

TEST(Compaction, KeepsTheLastRowOfEachKeyAndEveryEventAndSlot) {
  std::vector<core::Batch> batches{
      batch(1, {noted(1, "kept out"), event_row(1)}),
      batch(2, {noted(2, "a"), event_row(2), slots_row(5, 6, core::Reason::paused)}),
      batch(3, {noted(2, "b"), event_row(3), slots_row(7, 7, core::Reason::paused)}),
      batch(4, {noted(2, "c"), noted(3, "d")})};
  batches[2].synced = true;
  const std::vector<core::Batch> all = batches;
  compact(batches, 1);
  ASSERT_EQ(batches.size(), 2U);
  EXPECT_EQ(batches[1].seq, Seq{4});
  EXPECT_TRUE(batches[1].synced);
  EXPECT_TRUE(same(batches[1].fleet, all[3].fleet));
  EXPECT_EQ(batches[1].rows.size(), 6U);

  MemoryRows before{{}};
  MemoryRows after{{}};
  for (const auto& each : all) {
    for (const auto& row : each.rows) before.put(row);
  }
  for (const auto& each : batches) {
    for (const auto& row : each.rows) after.put(row);
  }
  ASSERT_EQ(before.runs().size(), after.runs().size());
  for (const auto& [id, row] : before.runs()) EXPECT_TRUE(same(row, after.runs().at(id)));
  EXPECT_EQ(before.events().size(), after.events().size());
  EXPECT_EQ(before.slots().at("post").size(), after.slots().at("post").size());
}

TEST(Compaction, OneBatchOrNoneStaysAsItIs) {
  std::vector<core::Batch> batches{batch(1, {event_row(1), event_row(1)})};
  compact(batches, 0);
  compact(batches, 1);
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_EQ(batches[0].rows.size(), 2U);
}

TEST(Compaction, WhatWaitsDoesNotGrowWithTime) {
  std::vector<core::Batch> batches;
  for (int seq = 1; seq <= 10'000; ++seq) {
    batches.push_back(batch(seq, {noted(seq % 7 + 1, "again")}));
    if (batches.size() > 100) compact(batches, 0);
  }
  EXPECT_LE(batches.size(), 101U);
  compact(batches, 0);
  EXPECT_EQ(batches[0].rows.size(), 7U);
}

}  // namespace
}  // namespace takt::store
