#pragma once
// Ahead: what stands before those who want units of a pool: who ranks better and waits for it, and
// who waits for pools tied to it.
//
//   browser  ◀── B waits for both, its units are free ──▶  db  ◀── C lacks units until 10:04
//
// B is held by C, so B starts at 10:04 at the earliest, and somebody behind B who wants the browser
// and ends by 10:04 delays nobody. So two pools are tied, behind B, by whoever has his units free
// and still waits for both; what is lacking in either counts for both.
//
// Goes down the heads of each pool only as far as it is asked, once a look, and keeps of them the
// steps at which something changes. Holds references, so it lasts no longer than the look.

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/leases.h"
#include "core/waiting_lines.h"

namespace takt::core {

/// Whom a look is about: while the store fails only critical runs start, and others do not stand in
/// their way.
enum class Among { all, critical };

/// Everything that is known while nothing happens.
struct Scene {
  const Leases& leases;
  const WaitingLines& lines;
  Instant now;
  Among among;

  bool counts(const Head& head) const { return among == Among::all || head.critical; }
  bool fits(const Head& head, PoolIndex pool) const;
  /// When its units come free, if it lacks some.
  Instant earliest(const Head& head, PoolIndex pool) const;
};

class Ahead {
 public:
  /// What is known already, or all that there is. What is known is never stricter.
  enum class Extent { known, all };

  explicit Ahead(const Scene& scene) : scene_(scene), front_by_pool_(scene.lines.pools(), 0) {}

  /// Until when a run of this rank may take units of the pool that leave `untouched` classes their
  /// share.
  Instant until(PoolIndex pool, const Rank& rank, Leases::ClassSet untouched, Extent extent);
  /// Whether it may, if it ends at `end`. Goes down no further than to the first who forbids it.
  bool lets(PoolIndex pool, const Rank& rank, Leases::ClassSet untouched, Instant end);
  /// until() as a length.
  Duration longest(PoolIndex pool, const Rank& rank, Leases::ClassSet untouched, Extent extent);
  /// The earliest start of those that rank better, wait for the pool and have their units free.
  Instant earliest_of_held(PoolIndex pool, const Rank& rank);

 private:
  /// What is known of a head and all better ones.
  struct Step {
    Rank rank;
    // The earliest of each class that lacks units; max(): none.
    std::array<Instant, kClasses> lacking = {Instant::max(), Instant::max(), Instant::max(),
                                             Instant::max()};
    bool lacks = false;         // anybody
    Leases::ClassSet held = 0;  // units free, and yet here

    Instant latest_end(Leases::ClassSet untouched) const;
  };
  /// One pool, as far as it was gone down.
  struct Front {
    PoolIndex pool = 0;
    std::size_t at = 0;
    int reached = 0;  // by the question of this number
    Step last;
    std::vector<Step> steps;
    std::vector<std::pair<Rank, PoolIndex>> ties;  // by the best that ties the other pool
  };

  std::size_t front_of(PoolIndex pool);
  bool go_down(Front& front, const Rank& rank, Leases::ClassSet untouched, Instant end);
  void go_down(Front& front, const Rank& rank) { go_down(front, rank, 0, Instant::min()); }
  bool pass(Front& front, const Head& head);
  void tie(Front& front, const Head& head);
  static const Step* step_before(const Front& front, const Rank& rank);
  void reach(PoolIndex pool);
  void reach_tied(std::size_t place, const Rank& rank);
  std::optional<Instant> lacking_in_tied(PoolIndex pool, const Rank& rank, Extent extent);
  bool tied_let(PoolIndex pool, const Rank& rank, Instant end);

  const Scene& scene_;
  std::vector<Front> fronts_;
  std::vector<std::uint32_t> front_by_pool_;  // 0: none yet, else one more than its position
  std::vector<std::size_t> reached_;          // fronts, in the order in which they were
  int questions_ = 0;
};

/// Somebody who would start: the rule.
class Candidate {
 public:
  Candidate(const Scene& scene, const LineKey& key, const Rank& rank)
      : scene_(scene), key_(key), rank_(rank) {}

  bool fits() const { return scene_.leases.fits(*key_.uses, key_.priority); }
  /// It delays nobody, if its units are free.
  bool delays_nobody(Ahead& ahead) const;
  /// Heads that wait for the pool and that taking this use would delay, with their earliest starts.
  std::vector<std::pair<Rank, Instant>> delayed_by(const Use& use, Ahead& ahead) const;

 private:
  Instant end() const { return saturating_add(scene_.now, key_.length); }
  bool may_take(const Use& use, Ahead& ahead) const;
  bool has_room_beside_all(const Use& use) const;

  const Scene& scene_;
  const LineKey& key_;
  Rank rank_;
};

}  // namespace takt::core
