#pragma once
// Slot ranges: neighbouring slots of one job that ended alike share one row. A fleet that is down
// for a month leaves a row a job, not a row a slot.
//
//   recorded   [1..4 missed(down)]
//   new        [5..5 missed(down)]      [1..5 missed(down)]         extends it
//   new        [2..3 missed(down)]      [1..4 missed(down)]         says nothing new: a batch
//   written twice new        [3..6 missed(down)]      [1..6 missed(down)]         the union new
//   [5..5 skipped(paused)]   a row of its own new        [4..5 skipped(paused)]   [5..5
//   skipped(paused)]      slot 4 has its disposition already
//
// Alike: same job, disposition, reason and run. A slot's disposition is set once, so the recorded
// one stands. Recorded ranges never overlap. Pure; both stores decide by this one function.

#include <vector>

#include "core/rows.h"

namespace takt::store {

/// What becomes of the recorded ranges near a new one.
struct RangeChange {
  std::vector<SlotNumber> erased;  // recorded ranges to remove, by their first slot
  std::vector<core::SlotsRow>
      added;                  // to write afterwards; one may replace a range of equal `first`
  bool contradicted = false;  // some slot was recorded before with another disposition
};

/// `near`: the recorded ranges of row.job that hold a slot of row.first-1 .. row.last, in order.
/// Instants of a range that had to be cut are those of its nearest recorded neighbour.
RangeChange merge_slots(const std::vector<core::SlotsRow>& near, const core::SlotsRow& row);

}  // namespace takt::store
