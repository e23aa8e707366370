#pragma once
// AdmissionQueue: runs that wait for nothing but units of pools, and the one question that matters:
// which of them may start now?
//
//   a run R may start when
//     its units can be had (Leases::fits), and
//     it delays no run B of better rank that waits for one of its pools. It does not, if
//       R ends, as expected, before B could start at the earliest; or in each pool they share
//       R takes only units that are kept from B anyway (a reserve above B's class), or
//       there is room for all of better rank and R together.
//
//   B's earliest start
//     B lacks units:       when they come free if every holder ends as expected; a holder beyond
//                          that may end any moment, so nobody passes
//     its units are free:  it is held by others; not before the first of those that rank better
//                          than R and lack units of its pools, or of pools tied to them
//                          (tied_pools.h)
//
// Earliest starts are instants, and R's own end only moves away, so nothing becomes possible by
// mere passing of time, and there is nothing to poll for: only what happens to a pool can let
// somebody go.
//
// Runs that are alike (same uses, class, critical, expected length) form a line, ordered by rank.
// Whatever holds the first of a line holds the others, so a look goes over heads only (heads.h),
// only of those pools that something happened to since the last one or that less stands before in
// (marks.h, fronts.h), and in a pool, once there is no room beside those ahead, only over those that
// are short enough. Lengths are rounded up (line.h), which makes few lines of many jobs and errs
// towards not delaying.

#include <optional>
#include <utility>
#include <vector>

#include "core/fronts.h"
#include "core/leases.h"
#include "core/marks.h"
#include "core/shared_value.h"
#include "core/waiting_lines.h"

namespace takt::core {

struct Waiter {
  RunId run;
  Instant rank_at;
  std::shared_ptr<const Uses> uses = SharedValue<Uses>{}.pointer();
  Priority priority = Priority::P2;  // the class that reserves look at
  bool critical = false;
  Duration length{0};  // expected, p95
};

/// Why a waiting run does not start: what its pools lack, or who goes first.
struct Standing {
  bool fits = true;
  std::vector<RunId> behind;  // heads of better rank that it would delay, best first
  Instant earliest;           // by the expected ends of holders; Instant::max(): never
  bool may_start() const { return fits && behind.empty(); }
};

class AdmissionQueue {
 public:
  AdmissionQueue() { resize({}); }

  /// The pools of the fleet. Everything that waits is looked at again.
  void resize(std::vector<PoolSpec> pools);

  const Leases& leases() const { return leases_; }

  /// The run must not wait already.
  void add(const Waiter& waiter);
  /// Gives up waiting; false when it does not wait.
  bool remove(RunId run);
  bool contains(RunId run) const { return lines_.contains(run); }
  std::size_t size() const { return lines_.size(); }

  /// Takes the run out of its line, if it is in one, and gives it its units until release().
  void start(const Waiter& waiter, JobIndex job, Instant now);
  /// Gives back what the run holds; nothing when it holds nothing.
  void release(RunId run);

  /// The best of those that may start now; nullopt: nobody. To start it (or to remove it) is up to
  /// the caller; asking again goes on behind it.
  std::optional<RunId> next(Instant now, Among among = Among::all);

  /// How a run stands: one that waits, or one that is only thought of.
  Standing standing(const Waiter& waiter, Instant now, Among among = Among::all) const;

  /// Those that wait for the pool, best first.
  std::vector<RunId> queue_of(PoolIndex pool) const;

 private:
  void mark(const Uses& uses, const Rank& from);
  void leases_changed(const Uses& uses);
  void waiting_changed(const Uses& uses);
  PoolIndex no_pool() const { return static_cast<PoolIndex>(leases_.pools().size()); }
  std::optional<Rank> look_at(PoolIndex pool, const Scene& scene, const Rank& than);
  std::optional<Rank> look_without_pool(const Scene& scene, const Rank& than);
  std::optional<Rank> best_short(PoolIndex pool, const Scene& scene, const Rank& from,
                                 const Rank& than) const;
  Rank look_at_arrivals(const Scene& scene);

  Leases leases_;
  WaitingLines lines_;
  // What follows is worked out from leases and lines when somebody asks.
  mutable Fronts fronts_;
  Marks marks_;
  Among last_among_ = Among::all;
  std::optional<std::pair<Rank, Instant>> offered_;  // by the last look, if nothing happened since
};

}  // namespace takt::core
