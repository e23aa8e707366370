#pragma once
// Marks: where somebody may have become able to start since the last look: pools, each from the rank
// on that may have gained, and runs that have come. What is not marked cannot have become possible.

#include <vector>

#include "core/line.h"
#include "core/pool.h"

namespace takt::core {

class Marks {
 public:
  /// So many pools, all of them to be looked at from the best on. Forgets who has come.
  void mark_all(std::size_t pools);
  /// From `rank` on, somebody may start here.
  void mark(PoolIndex pool, const Rank& from);

  bool none() const { return marked_.empty() && arrived_.empty(); }
  const std::vector<PoolIndex>& marked() const { return marked_; }
  const Rank& from(PoolIndex pool) const { return from_[pool]; }
  /// Nobody better than `from` can start in the pool; kWorstRank: nobody at all.
  void looked_at(PoolIndex pool, const Rank& from) { from_[pool] = from; }
  /// Forgets the pools in which nobody can start.
  void sweep();

  /// The head of a line, who has come; whoever else is marked may start without him.
  struct Arrival {
    LineId line = 0;
    Rank rank;
  };
  void arrived(const Arrival& arrival) { arrived_.push_back(arrival); }
  /// While nobody looks, as when the store fails, more and more may come.
  bool has_many_arrivals() const { return arrived_.size() >= kArrivalsMax; }
  std::vector<Arrival>& arrivals() { return arrived_; }

 private:
  static constexpr std::size_t kArrivalsMax = 64;

  std::vector<Rank> from_;  // by pool; kWorstRank: not marked
  std::vector<PoolIndex> marked_;
  std::vector<Arrival> arrived_;
};

}  // namespace takt::core
