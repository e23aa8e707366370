#include "store/slot_ranges.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>

#include "store/sample_rows.h"

namespace takt::store {
namespace {

using core::Reason;
using core::SlotsRow;

TEST(SlotRanges, AFirstRangeIsARowOfItsOwn) {
  const auto change = merge_slots({}, slots_row(1, 3, Reason::down));
  EXPECT_TRUE(change.erased.empty());
  ASSERT_EQ(change.added.size(), 1U);
  EXPECT_TRUE(same(change.added[0], slots_row(1, 3, Reason::down)));
}

TEST(SlotRanges, TheNextAlikeExtendsAndKeepsTheNewestEvidence) {
  SlotsRow row = slots_row(4, 4, Reason::down);
  row.gates = {core::Gate{.gate = core::GateName::node}};
  const auto change = merge_slots({slots_row(1, 3, Reason::down)}, row);
  ASSERT_EQ(change.added.size(), 1U);
  EXPECT_EQ(change.added[0].first, 1);
  EXPECT_EQ(change.added[0].last, 4);
  EXPECT_EQ(change.added[0].at, at(1));
  EXPECT_EQ(change.added[0].last_at, at(4));
  EXPECT_EQ(change.added[0].decided_at, at(4));
  EXPECT_EQ(change.added[0].gates, row.gates);
  EXPECT_EQ(change.erased, std::vector<SlotNumber>{1});
}

TEST(SlotRanges, AGapOrAnotherReasonStartsANewRow) {
  const std::vector<SlotsRow> near{slots_row(1, 3, Reason::down)};
  EXPECT_TRUE(merge_slots({}, slots_row(5, 5, Reason::down)).erased.empty());
  const auto change = merge_slots(near, slots_row(4, 4, Reason::paused));
  EXPECT_TRUE(change.erased.empty());
  EXPECT_EQ(change.added.size(), 1U);
  EXPECT_FALSE(change.contradicted);
}

TEST(SlotRanges, WhatIsCoveredChangesNothing) {
  const auto change = merge_slots({slots_row(1, 9, Reason::down)}, slots_row(4, 6, Reason::down));
  EXPECT_TRUE(change.erased.empty());
  EXPECT_TRUE(change.added.empty());
  EXPECT_FALSE(change.contradicted);
}

TEST(SlotRanges, AnOverlapOfAlikeIsTheUnion) {
  const auto change = merge_slots({slots_row(1, 4, Reason::down)}, slots_row(3, 6, Reason::down));
  ASSERT_EQ(change.added.size(), 1U);
  EXPECT_EQ(change.added[0].first, 1);
  EXPECT_EQ(change.added[0].last, 6);
}

TEST(SlotRanges, TheFirstDispositionOfASlotStands) {
  const auto change = merge_slots({slots_row(3, 4, Reason::down)}, slots_row(2, 6, Reason::paused));
  EXPECT_TRUE(change.contradicted);
  ASSERT_EQ(change.added.size(), 2U);
  EXPECT_EQ(change.added[0].last, 2);
  EXPECT_EQ(change.added[1].first, 5);
}

/// Applies a row to recorded ranges the way a store does.
void apply(std::map<SlotNumber, SlotsRow>& ranges, const SlotsRow& row) {
  std::vector<SlotsRow> near;
  for (const auto& [first, range] : ranges) {
    if (range.last + 1 >= row.first && range.first <= row.last) near.push_back(range);
  }
  const auto change = merge_slots(near, row);
  for (const SlotNumber first : change.erased) ranges.erase(first);
  for (const SlotsRow& range : change.added) ranges[range.first] = range;
}

TEST(SlotRanges, WhateverComesEverySlotKeepsItsFirstReason) {
  const bool held = rc::check([] {
    const auto inputs = *rc::gen::container<std::vector<std::tuple<int, int, int>>>(
        rc::gen::tuple(rc::gen::inRange(0, 30), rc::gen::inRange(0, 6), rc::gen::inRange(0, 3)));
    std::map<SlotNumber, SlotsRow> ranges;
    std::map<SlotNumber, Reason> truth;
    for (const auto& [first, length, kind] : inputs) {
      const SlotsRow row = slots_row(first, first + length, static_cast<Reason>(kind));
      for (SlotNumber n = row.first; n <= row.last; ++n) truth.try_emplace(n, *row.reason);
      apply(ranges, row);
      const auto before = ranges;
      apply(ranges, row);
      RC_ASSERT(before.size() == ranges.size());
    }
    std::map<SlotNumber, Reason> told;
    for (const auto& [first, range] : ranges) {
      RC_ASSERT(first == range.first);
      RC_ASSERT(range.at <= range.last_at);
      for (SlotNumber n = range.first; n <= range.last; ++n) {
        RC_ASSERT(told.emplace(n, *range.reason).second);
      }
    }
    RC_ASSERT(told == truth);
  });
  EXPECT_TRUE(held);
}

}  // namespace
}  // namespace takt::store
