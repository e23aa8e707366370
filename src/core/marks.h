#pragma once
// Marks: the pools that something happened to since the last look, each from the rank on that may
// have gained by it. What is not marked cannot have become possible.
//
//   touched ──(spread)──▶ marked ──(looked at, nobody there)──▶ gone

#include <utility>
#include <vector>

#include "core/leases.h"
#include "core/waiting_lines.h"

namespace takt::core {

class Marks {
 public:
  /// So many pools, all of them to be looked at from the best on.
  void mark_all(std::size_t pools);
  /// From `rank` on, somebody may start here. Nobody gained elsewhere.
  void mark(PoolIndex pool, const Rank& from);
  /// Units or waiters of the pool came or went.
  void touch(PoolIndex pool, const Rank& from) { touched_.emplace_back(from, pool); }

  /// Marks what was touched, and what that concerns.
  void spread(const WaitingLines& lines, const Leases& leases);

  bool none() const { return marked_.empty() && touched_.empty(); }
  const std::vector<PoolIndex>& marked() const { return marked_; }
  const Rank& from(PoolIndex pool) const { return from_[pool]; }
  /// Nobody better than `from` can start in the pool; kWorstRank: nobody at all.
  void looked_at(PoolIndex pool, const Rank& from) { from_[pool] = from; }
  /// Forgets the pools in which nobody can start.
  void sweep();

 private:
  std::vector<Rank> from_;  // by pool; kWorstRank: not marked
  std::vector<PoolIndex> marked_;
  std::vector<std::pair<Rank, PoolIndex>> touched_;
  std::vector<bool> reached_;  // by pool; both are used while spreading alone
  std::vector<PoolIndex> todo_;
};

}  // namespace takt::core
