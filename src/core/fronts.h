#pragma once
// Fronts: what stands before those who want units, of every pool that has room, kept from one look to
// the next. What happens to a pool concerns its own front, those of pools that some line waits for as
// well, and what is tied to these (tied_pools.h); only that is worked out anew.
//
//   happened to a pool ──▶ stale ──(bring_up_to_date)──▶ fronts ──▶ laxer: who may have gained

#include <span>
#include <vector>

#include "core/bars.h"
#include "core/front.h"
#include "core/tied_pools.h"

namespace takt::core {

class Fronts {
 public:
  void resize(std::size_t pools);
  /// Units of the pool were given out or came back.
  void leases_changed(PoolIndex pool);
  /// Somebody came or went who wants units of the pool.
  void waiting_changed(PoolIndex pool);

  void bring_up_to_date(const Scene& scene);
  /// Pools in which somebody may go on for longer than when laxer_seen() was called last, each once;
  /// of this rank or a worse one.
  const std::vector<PoolIndex>& laxer() const { return laxer_; }
  Rank laxer_from(PoolIndex pool) const { return stale_[pool].laxer_from; }
  void laxer_seen();

  // What follows is asked of pools that have room.

  const Front& front(PoolIndex pool) const { return fronts_[pool]; }
  const Bars& bars(PoolIndex pool) const { return bars_[pool]; }
  /// The earliest start of those that rank better, wait for the pool and have their units free.
  Instant earliest_of_held(PoolIndex pool, const Rank& rank, Instant now) const;

 private:
  struct Stale {
    bool listed = false;
    bool leases = true;         // its own have changed, and the front has not been worked out since
    bool is_told = false;       // of that, those that are tied to it
    std::uint64_t firsts = 0;   // Heads::version() when it was worked out last
    bool is_different = false;  // its bars have to be worked out
    Rank laxer_from = kWorstRank;
    std::vector<PoolIndex> others;  // tied to it, whose leases have changed
  };

  Stale& list(PoolIndex pool);
  void note_others(const Scene& scene);
  Front::Change work_out(const Scene& scene, PoolIndex pool, Stale& stale);
  void note_laxer(PoolIndex pool, const Rank& from);

  std::vector<Front> fronts_;
  TiedPools tied_;
  std::vector<Bars> bars_;    // by pool
  std::vector<Stale> stale_;  // by pool
  std::vector<PoolIndex> listed_;
  std::vector<PoolIndex> laxer_;
  // used while bringing up to date alone
  std::vector<PoolIndex> changed_;
  std::vector<PoolIndex> different_;
};

}  // namespace takt::core
