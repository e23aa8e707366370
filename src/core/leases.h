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
  int room(PoolIndex pool, Priority priority) const;

  /// Everything in `uses` could be had now.
  bool fits(const Uses& uses, Priority priority) const;

  /// When everything in `uses` could be had if nothing else started and every holder ended as
  /// expected (one that is beyond it: at `now`). `now` when it fits; Instant::max() when the pools
  /// are too small for it.
  Instant earliest(const Uses& uses, Priority priority, Instant now) const;

 private:
  using ByClass = std::array<int, kClasses>;
  struct Usage {
    std::vector<Holding> holders;
    ByClass by_class{};  // summed anew from the holders whenever one comes or goes
    void sum();
    int used() const;
  };

  static int room_beside(const PoolSpec& pool, const ByClass& held, Priority priority);
  Instant earliest_in(const Use& use, Priority priority, Instant now) const;
  void hold(const Lease& lease);

  std::vector<PoolSpec> pools_;
  std::vector<Usage> usage_;  // by pool
  std::map<RunId, Lease> leases_;
};

}  // namespace takt::core
