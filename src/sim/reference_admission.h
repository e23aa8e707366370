#pragma once
// ReferenceAdmission: the rule of admission over pools, applied to each run from scratch, by the letter
// of docs/design/0020 and with none of its shortcuts. Slow and obvious; for a few dozen runs.
//
//   a run R may start when its units can be had, and it delays no run B of better rank that waits for
//   one of its pools. It does not delay B when
//     R ends, as expected, before B could start at the earliest; or in each pool that they share
//     R takes only units that are kept from B anyway, or there is room for all of better rank and R

#include <optional>
#include <set>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "core/pool.h"
#include "core/shared_value.h"

namespace takt::sim {

struct Candidate {
  RunId run;
  Instant rank;
  core::SharedValue<core::Uses> units;
  core::Priority priority = core::Priority::P2;
  Duration length{0};  // rounded
};

/// Who holds units, and until when as expected.
struct Held {
  core::SharedValue<core::Uses> units;
  core::Priority priority = core::Priority::P2;
  Instant expected_end;
};

class ReferenceAdmission {
 public:
  ReferenceAdmission(const std::vector<core::PoolSpec>& pools, std::vector<Held> held,
                     std::vector<Candidate> waiting, Instant now);

  /// Whoever starts now, best rank first, while the node takes `room` more.
  std::vector<RunId> started(int room);
  /// These wait too from now on.
  void join(const std::vector<Candidate>& more);

 private:
  void sort();
  int limit(core::PoolIndex pool, std::size_t as_class) const;
  /// Units of the pool held by the class and those below it.
  static int held_below(core::PoolIndex pool, std::size_t as_class, std::span<const Held> by);
  bool fits(const Candidate& one, core::PoolIndex pool, std::span<const Held> beside) const;
  bool fits(const Candidate& one) const;
  Instant units_free_at(const Candidate& one, core::PoolIndex pool) const;
  bool may_start(std::size_t i) const;
  bool delays(std::size_t r, std::size_t b) const;
  bool takes_what_is_kept(std::size_t r, std::size_t b, core::PoolIndex pool) const;
  bool has_room_for_all(std::size_t r, core::PoolIndex pool) const;
  Instant units_free_at(const Candidate& one) const;
  std::set<core::PoolIndex> tied_to(std::size_t b, std::size_t r) const;
  bool wants_any(std::size_t i, const std::set<core::PoolIndex>& pools) const;
  Instant earliest(std::size_t b, std::size_t r) const;

  const std::vector<core::PoolSpec>& pools_;
  std::vector<Held> held_;          // first to end first
  std::vector<Candidate> waiting_;  // best first
  Instant now_;
};

}  // namespace takt::sim
