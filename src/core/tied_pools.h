#pragma once
// TiedPools: pools that are one to those who are held in them.
//
//   browser  ◀── B waits for both, its units are free ──▶  db  ◀── C lacks units until 10:04
//
// B is held by C, so B starts at 10:04 at the earliest, and somebody behind B who wants the browser
// and ends by 10:04 delays nobody. So two pools are tied, behind B, by whoever has his units free
// and still waits for both; what is lacking in either counts for both.
//
// Down the ranks more and more pools become one. What is lacking in them is kept for each pool, and
// worked out anew for pools whose fronts have changed and those that are tied to them.

#include <optional>
#include <span>
#include <vector>

#include "core/front.h"

namespace takt::core {

class TiedPools {
 public:
  void resize(std::size_t pools);
  /// `fronts` by pool; `changed`: those that have changed since. Adds to `different` the pools of which
  /// lacking() is another one now.
  void work_out(std::span<const Front> fronts, std::span<const PoolIndex> changed,
                std::vector<PoolIndex>& different);

  /// The first of those that lack units of the pool or of one tied to it, down the ranks: ever earlier.
  const std::vector<Lacking>& lacking(PoolIndex pool) const { return pools_[pool].lacking; }
  /// The earliest of those that rank better; nullopt: nobody lacks units. It may be past.
  std::optional<Instant> lacking_before(PoolIndex pool, const Rank& rank) const;

 private:
  /// Something that changes what those behind `rank` find.
  struct Event {
    Rank rank;
    PoolIndex pool = 0;
    PoolIndex other = 0;  // tied to it; the same: somebody lacks units
    Instant earliest;     // of those who do
  };
  struct Pool {
    std::vector<Lacking> lacking;
    // while working out
    PoolIndex next = 0;     // of those that are tied to it, in a ring
    PoolIndex speaker = 0;  // one of them
    int size = 1;           // of the ring, where it speaks for all
    bool is_concerned = false;
  };

  void concern(PoolIndex pool);
  void collect(std::span<const Front> fronts, std::span<const PoolIndex> changed);
  void join(const Event& event);
  void lack(PoolIndex speaker, const Rank& rank, Instant earliest);
  template <class Do>
  void each_tied(PoolIndex member, Do&& what);

  std::vector<Pool> pools_;
  // used while working out alone
  std::vector<PoolIndex> concerned_;
  std::vector<std::vector<Lacking>> before_;  // in the order of concerned_
  std::vector<Event> events_;
};

}  // namespace takt::core
