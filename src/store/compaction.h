#pragma once
// Compaction: batches that wait in memory, made as few as they can be: one batch with the last row of
// each key. So what waits is bounded by what a fleet has (jobs, open runs, attempts) and not by how
// long it waits; only events and ranges of slots, which are new rows each, add up.
// Private to this folder; pure.

#include <cstddef>
#include <vector>

#include "core/rows.h"

namespace takt::store {

/// Makes one batch, with the seq and fleet of the last, out of all from `first` on. Writing it leaves
/// the same rows as writing them in order.
void compact(std::vector<core::Batch>& batches, std::size_t first);

}  // namespace takt::store
