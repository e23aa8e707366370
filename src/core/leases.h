#pragma once
// Leases: who holds units of which pool, since when and until when it is expected. Usage is the sum
// over live leases, never a counter beside them, so that it cannot drift: a lease that is gone has
// given everything back.
//
//   grant(run) ──▶ lease ──▶ release(run)      once each; a second release changes nothing
//
// Resizing revokes nothing: a pool that shrank below what is held gives nothing out until enough
// came back.

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "core/pool.h"

namespace takt::core {

/// Units of several pools as one: granted and given back together.
struct Lease {
  RunId run;
  JobIndex job = 0;
  std::shared_ptr<const Uses> uses;
  Priority priority = Priority::P2;  // the class that reserves look at
  Instant since;
  Instant expected_end;  // by p95; it may be past
};

/// The share of a lease in one pool.
struct Holding {
  RunId run;
  int weight = 1;
  Priority priority = Priority::P2;
  Instant expected_end;
};

class Leases {
 public:
  /// Sets the pools, in the order of the fleet. Live leases must name pools that exist.
  void resize(std::vector<PoolSpec> pools);

  const std::vector<PoolSpec>& pools() const { return pools_; }

  /// `lease.run` must not hold one already.
  void grant(Lease lease);
  /// What the run held; nullopt when it held nothing.
  std::optional<Lease> release(RunId run);
  const Lease* find(RunId run) const;
  /// Every lease, by run.
  const std::map<RunId, Lease>& all() const { return leases_; }

  /// Who holds units of the pool, oldest run first.
  std::span<const Holding> holders(PoolIndex pool) const { return usage_[pool].holders; }

  /// Units held.
  int used(PoolIndex pool) const { return usage_[pool].used(); }
  /// Units held by classes better than `priority`.
  int used_above(PoolIndex pool, Priority priority) const;
  /// Units that a run of this class could still take now; 0 when there are none.
  int room(PoolIndex pool, Priority priority) const {
    return usage_[pool].room[static_cast<std::size_t>(priority)];
  }

  /// A set of classes: bit 0 is P0.
  using ClassSet = unsigned;
  /// Classes below `priority` whose share of the pool is the same whether a run of `priority` takes
  /// `use` or not: it takes nothing but units that are kept from them.
  ClassSet untouched_by(const Use& use, Priority priority) const;
  /// The lowest classes that somebody can touch without touching those below: where a reserve ends,
  /// and the lowest of all.
  ClassSet tiers(PoolIndex pool) const { return usage_[pool].tiers; }
  /// The highest class with the same limit: what is kept from one is kept from the other, so the pool
  /// has the same room for both, now and later.
  Priority alike(PoolIndex pool, Priority priority) const {
    return usage_[pool].alike[static_cast<std::size_t>(priority)];
  }

  /// Everything in `uses` could be had now.
  bool fits(const Uses& uses, Priority priority) const;

  /// Demands on one pool beside what is held: whether there is room for all of them together.
  class Demand {
   public:
    Demand(const Leases& leases, PoolIndex pool)
        : limits_(leases.usage_[pool].limits), held_(leases.usage_[pool].by_class) {}
    /// One more; false once there is no room for all.
    bool add(Priority priority, int weight);

   private:
    const std::array<int, kClasses>& limits_;
    std::array<int, kClasses> held_;
    std::array<bool, kClasses> wants_{};
  };

  /// As earliest(), of one use.
  Instant earliest_in(const Use& use, Priority priority, Instant now) const;

  /// When everything in `uses` could be had if nothing else started and every holder ended as
  /// expected (one that is beyond it: at `now`). `now` when it fits; Instant::max() when the pools
  /// are too small for it.
  Instant earliest(const Uses& uses, Priority priority, Instant now) const;

 private:
  using ByClass = std::array<int, kClasses>;
  /// When so many units (1, 2, ...) are free; Instant::max(): never. Empty: not worked out yet.
  using FreeAt = std::vector<Instant>;
  struct Usage {
    std::vector<Holding> holders;
    ByClass limits{};  // of the pool, for each class and those below it
    std::array<Priority, kClasses> alike{};
    ClassSet tiers = 0;
    // all that follows is worked out anew from the holders whenever one comes or goes
    ByClass by_class{};
    ByClass room{};
    mutable std::vector<Holding> ends;  // the first to end comes first; empty: not sorted yet
    mutable std::array<FreeAt, kClasses> free_at;
    int used() const;
  };

  static int room_beside(const ByClass& limits, const ByClass& held, Priority priority);
  void sum(PoolIndex pool);
  const FreeAt& free_at(PoolIndex pool, Priority priority) const;
  void hold(const Lease& lease);

  std::vector<PoolSpec> pools_;
  std::vector<Usage> usage_;  // by pool
  std::map<RunId, Lease> leases_;
};

}  // namespace takt::core
