#include "core/tied_pools.h"

#include <algorithm>
#include <utility>

namespace takt::core {

void TiedPools::resize(std::size_t pools) {
  pools_.assign(pools, {});
  for (PoolIndex pool = 0; pool < pools; ++pool) pools_[pool].next = pools_[pool].speaker = pool;
}

std::optional<Instant> TiedPools::lacking_before(PoolIndex pool, const Rank& rank) const {
  const std::vector<Lacking>& lacking = pools_[pool].lacking;
  const auto behind = std::ranges::lower_bound(lacking, rank, {}, &Lacking::rank);
  if (behind == lacking.begin()) return std::nullopt;
  return (behind - 1)->earliest;
}

void TiedPools::work_out(std::span<const Front> fronts, std::span<const PoolIndex> changed,
                         std::vector<PoolIndex>& different) {
  collect(fronts, changed);
  std::ranges::sort(events_, {}, &Event::rank);
  for (const Event& event : events_) {
    if (event.pool == event.other) {
      lack(pools_[event.pool].speaker, event.rank, event.earliest);
    } else {
      join(event);
    }
  }
  for (std::size_t at = 0; at < concerned_.size(); ++at) {
    Pool& pool = pools_[concerned_[at]];
    pool.is_concerned = false;
    if (pool.lacking != before_[at]) different.push_back(concerned_[at]);
  }
}

/// The changed ones, and those that are tied to them. Where a tie is gone, the fronts of both have
/// changed, so what was tied by it is found from there.
void TiedPools::collect(std::span<const Front> fronts, std::span<const PoolIndex> changed) {
  concerned_.clear();
  events_.clear();
  for (const PoolIndex pool : changed) concern(pool);
  for (std::size_t at = 0; at < concerned_.size(); ++at) {  // more are added on the way
    const PoolIndex pool = concerned_[at];
    for (const Lacking& one : fronts[pool].lacking()) {
      events_.push_back({one.rank, pool, pool, one.earliest});
    }
    for (const Front::Tie& tie : fronts[pool].ties()) {
      concern(tie.pool);
      if (pool < tie.pool)
        events_.push_back({tie.rank, pool, tie.pool, {}});  // the other has it too
    }
  }
  if (before_.size() < concerned_.size()) before_.resize(concerned_.size());
  for (std::size_t at = 0; at < concerned_.size(); ++at) {
    Pool& pool = pools_[concerned_[at]];
    std::swap(before_[at], pool.lacking);
    pool.lacking.clear();
    pool.next = pool.speaker = concerned_[at];
    pool.size = 1;
  }
}

void TiedPools::concern(PoolIndex pool) {
  if (std::exchange(pools_[pool].is_concerned, true)) return;
  concerned_.push_back(pool);
}

/// The smaller becomes part of the larger.
void TiedPools::join(const Event& event) {
  PoolIndex large = pools_[event.pool].speaker;
  PoolIndex small = pools_[event.other].speaker;
  if (large == small) return;
  if (pools_[large].size < pools_[small].size) std::swap(large, small);
  const auto pass_on = [&](PoolIndex from, PoolIndex to) {
    const std::vector<Lacking>& lacking = pools_[from].lacking;
    if (!lacking.empty()) lack(to, event.rank, lacking.back().earliest);
  };
  pass_on(small, large);
  pass_on(large, small);
  each_tied(small, [&](PoolIndex pool) { pools_[pool].speaker = large; });
  pools_[large].size += pools_[small].size;
  std::swap(pools_[large].next, pools_[small].next);  // makes two rings one
}

/// In every pool of the ring the same was lacking last.
void TiedPools::lack(PoolIndex speaker, const Rank& rank, Instant earliest) {
  const std::vector<Lacking>& known = pools_[speaker].lacking;
  if (!known.empty() && earliest >= known.back().earliest) return;
  each_tied(speaker, [&](PoolIndex pool) { pools_[pool].lacking.push_back({rank, earliest}); });
}

template <class Do>
void TiedPools::each_tied(PoolIndex member, Do&& what) {
  PoolIndex pool = member;
  do {
    const PoolIndex next = pools_[pool].next;
    what(pool);
    pool = next;
  } while (pool != member);
}

}  // namespace takt::core
