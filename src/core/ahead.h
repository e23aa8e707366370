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
// Of each pool it keeps the steps, down the ranks, at which something changes, and of pools that are
// tied the history: which become one at which rank, and what is lacking in them by then. Both are
// worked out once a look, for the pools that it comes to. Holds references, so it lasts no longer
// than the look.

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
  explicit Ahead(const Scene& scene) : scene_(scene), front_by_pool_(scene.lines.pools(), 0) {}

  /// Until when a run of this rank may take units of the pool that leave `untouched` classes their
  /// share.
  Instant until(PoolIndex pool, const Rank& rank, Leases::ClassSet untouched);
  /// As a length: what no run of this rank or a worse one may exceed.
  Duration longest_behind(PoolIndex pool, const Rank& rank, Leases::ClassSet untouched);
  /// The earliest start of those that rank better, wait for the pool and have their units free.
  Instant earliest_of_held(PoolIndex pool, const Rank& rank);

 private:
  using Place = std::uint32_t;  // of a front

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
  /// Behind `rank`, somebody of this pool or of one tied to it lacks units until `earliest`.
  struct Lacking {
    Rank rank;
    Instant earliest;
  };
  /// One pool.
  struct Front {
    PoolIndex pool = 0;
    std::vector<Step> steps;
    std::vector<std::pair<Rank, PoolIndex>> ties;  // by the best that ties the other pool
    // Of those that are tied: behind `tied_at` it is one with `parent`, which speaks for both.
    Place parent = 0;
    Rank tied_at;
    int size = 1;
    std::vector<Lacking> lacking;
  };
  /// Something that changes what those behind `rank` find.
  struct Change {
    Rank rank;
    Place front = 0;
    Place other = 0;   // tied to it; the same: somebody lacks units
    Instant earliest;  // of those who do
  };

  Place front_of(PoolIndex pool);
  void go_down(Front& front);
  bool pass(Front& front, Step& last, const Head& head);
  void tie(Front& front, const Head& head);
  static const Step* step_before(const Front& front, const Rank& rank);
  void note_changes(Place place);
  void join(const Change& change);
  void lack(Place place, const Rank& rank, Instant earliest);
  Place speaker(Place place, const Rank& rank) const;
  std::optional<Instant> lacking_in_tied(Place place, const Rank& rank) const;

  const Scene& scene_;
  std::vector<Front> fronts_;
  std::vector<Place> front_by_pool_;  // 0: none yet, else one more than its position
  std::vector<Change> changes_;       // used while fronts are added alone
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
