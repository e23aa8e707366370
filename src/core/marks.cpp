#include "core/marks.h"

#include <algorithm>

namespace takt::core {

void Marks::mark_all(std::size_t pools) {
  from_.assign(pools, kWorstRank);
  marked_.clear();
  arrived_.clear();
  for (PoolIndex pool = 0; pool < pools; ++pool) mark(pool, kBestRank);
}

void Marks::mark(PoolIndex pool, const Rank& from) {
  if (from_[pool] == kWorstRank) marked_.push_back(pool);
  from_[pool] = std::min(from_[pool], from);
}

void Marks::sweep() {
  std::erase_if(marked_, [&](PoolIndex pool) { return from_[pool] == kWorstRank; });
}

}  // namespace takt::core
