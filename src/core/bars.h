#pragma once
// Bars: until when those who want units of one pool may take them, down the ranks: the front of the
// pool and what is lacking in pools tied to it, as one.
//
//   behind 10:01   until 10:09      somebody of better rank gets his units then
//   behind 10:04   until 10:06      one who is held there starts then at the earliest
//
// Who takes units that are kept from lower classes anyway is barred by the others alone, so there are
// bars for each tier of the front.

#include <array>
#include <optional>
#include <vector>

#include "core/front.h"

namespace takt::core {

class Bars {
 public:
  /// `tied`: what is lacking in the pool and those tied to it. Returns the rank from which on somebody
  /// may go on for longer than before; nullopt: nobody may.
  std::optional<Rank> work_out(const Front& front, const std::vector<Lacking>& tied);

  /// Behind `rank`, until `until`; the latest of that for those further behind.
  struct Bar {
    Rank rank;
    Instant until;
    Instant latest;
  };
  /// For those who take units that leave `untouched` classes their share; down the ranks.
  const std::vector<Bar>& of(Leases::ClassSet untouched) const;
  /// For those who are of this class, and leave the share of all below it as it is.
  const std::vector<Bar>& highest_of(Priority priority) const;

  /// Until when a run of this rank may take units that leave `untouched` classes their share;
  /// Instant::min(): those before it may start any moment.
  Instant until(const Rank& rank, Leases::ClassSet untouched) const;

 private:
  struct Tier {
    std::vector<Bar> bars;
    std::vector<Bar> before;  // used while working out alone
  };

  static void go_down(const Front::Tier& front, const std::vector<Lacking>& tied,
                      std::vector<Bar>& bars);
  static std::optional<Rank> laxer_from(const Tier& tier);

  std::vector<Tier> tiers_ = std::vector<Tier>(1);
  std::array<std::size_t, kClasses> tier_of_{};  // the highest that has the class
};

}  // namespace takt::core
