#pragma once
// Front: what stands before those who want units of one pool: who ranks better, waits for it, and
// lacks units or has them free.
//
//   rank      who                           what it makes of those behind
//   10:01     P0, lacks units until 10:09   somebody lacks units until 10:09
//   10:02     P0, lacks units until 10:30   nothing: what is behind the first is behind this one too
//   10:04     P2, for db as well, free      somebody is held; from here on the pool is tied to db
//
// It is kept from one look to the next. Instants are those of the leases; one that is past says that
// it may be any moment.

#include <cstdint>
#include <span>
#include <vector>

#include "core/scene.h"

namespace takt::core {

/// Behind `rank`, somebody lacks units until `earliest`.
struct Lacking {
  Rank rank;
  Instant earliest;
  friend bool operator==(const Lacking&, const Lacking&) = default;
};

class Front {
 public:
  /// Those of some class and the ones above it.
  struct Tier {
    Priority lowest = Priority::P3;
    std::vector<Lacking> lacking;  // down the ranks, ever earlier
    Rank first_held = kWorstRank;  // units free, and yet here; kWorstRank: nobody
    friend bool operator==(const Tier&, const Tier&) = default;
  };
  /// The best who has his units free and waits for `pool` as well.
  struct Tie {
    Rank rank;
    PoolIndex pool = 0;
    friend bool operator==(const Tie&, const Tie&) = default;
  };
  /// One of Heads::by_best(), and when it has its units.
  struct Outlook {
    Rank rank;
    Instant earliest;     // of one who lacks units
    PoolIndex other = 0;  // kNoOther, kSeveral
    KindId kind = 0;
    Priority priority = Priority::P2;
    bool fits = false;
  };
  struct Change {
    bool of_tiers = false;
    bool of_tied = false;  // ties(), or lacking(), which concerns pools that are tied to it
  };

  /// Goes down the heads of the pool.
  Change work_out(const Scene& scene, PoolIndex pool);
  /// As work_out(), where nothing but the leases of `others` can have changed.
  Change work_out_after(const Scene& scene, PoolIndex pool, std::span<const PoolIndex> others);
  /// As work_out(), of a pool that nobody is to be asked about.
  Change forget();

  /// The best first.
  const std::vector<Outlook>& outlooks() const { return outlooks_; }
  /// Positions of those who have their units free.
  const std::vector<std::uint32_t>& fitting() const { return fitting_; }
  /// As Leases::tiers(), the highest first; none before it was worked out.
  const std::vector<Tier>& tiers() const { return tiers_; }
  /// Of all classes.
  const std::vector<Lacking>& lacking() const;
  const std::vector<Tie>& ties() const { return ties_; }

 private:
  static constexpr PoolIndex kNoOther = ~PoolIndex{0};
  static constexpr PoolIndex kSeveral = kNoOther - 1;
  static constexpr std::uint32_t kNowhere = ~std::uint32_t{0};

  /// Whether it has changed.
  static bool look_out(const Scene& scene, PoolIndex pool, Outlook& outlook);
  Change go_down(const Scene& scene, PoolIndex pool);
  void begin(const Scene& scene, PoolIndex pool);
  void go_down(Tier& tier) const;
  void tie_to_all(const Scene& scene, const Outlook& outlook, PoolIndex own);
  void tie_to(PoolIndex pool, const Rank& rank);

  std::vector<Outlook> outlooks_;
  std::vector<std::uint32_t> fitting_;
  std::vector<std::uint32_t> places_;  // of kinds among them; kNowhere: it does not count
  std::vector<Tier> tiers_;
  std::vector<Tie> ties_;
  // used while going down alone
  std::uint64_t may_be_tied_ = 0;  // by the last bits of pools: those that are in ties_
  std::vector<Tier> tiers_before_;
  std::vector<Tie> ties_before_;
};

}  // namespace takt::core
