#include "core/marks.h"

#include <algorithm>

namespace takt::core {

void Marks::mark_all(std::size_t pools) {
  from_.assign(pools, kWorstRank);
  marked_.clear();
  touched_.clear();
  for (PoolIndex pool = 0; pool < pools; ++pool) mark(pool, kBestRank);
}

void Marks::mark(PoolIndex pool, const Rank& from) {
  if (from_[pool] == kWorstRank) marked_.push_back(pool);
  from_[pool] = std::min(from_[pool], from);
}

/// A line that waits for several pools passes on to each what happened to the others. Beyond those
/// it goes on only through pools that have room: a line without is held by its pools alone, not by
/// whom it waits behind.
void Marks::spread(const WaitingLines& lines, const Leases& leases) {
  if (touched_.empty()) return;
  const auto has_room = [&](PoolIndex pool) {
    return pool + 1 == lines.pools() || leases.room(pool, Priority::P0) > 0;
  };
  std::ranges::sort(touched_);  // the best rank first: who is reached by it, needs no other
  reached_.assign(lines.pools(), false);
  for (const auto& [from, touched] : touched_) {
    if (has_room(touched)) mark(touched, from);
    if (reached_[touched]) continue;
    reached_[touched] = true;
    todo_.push_back(touched);
    while (!todo_.empty()) {
      const PoolIndex pool = todo_.back();
      todo_.pop_back();
      for (const Heads::Tie& tie : lines.of_pool(pool).ties()) {
        if (tie.lines == 0 || reached_[tie.pool] || !has_room(tie.pool)) continue;
        reached_[tie.pool] = true;
        mark(tie.pool, from);
        todo_.push_back(tie.pool);
      }
    }
  }
  touched_.clear();
}

void Marks::sweep() {
  std::erase_if(marked_, [&](PoolIndex pool) { return from_[pool] == kWorstRank; });
}

}  // namespace takt::core
