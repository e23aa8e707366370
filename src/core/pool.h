#pragma once
// Pool: a named resource with a number of slots that runs take in units while they live. All or
// nothing over several pools, so nobody holds one thing while he waits for another.
//
//   slots = 3, reserve = { P0 = 1 }      held by P0  held by P1..P3
//   at most                                   3            2          and 3 together
//
// A reserve is kept for its class and those above: classes below it together never hold more than
// slots - reserve. Class is the run's own priority; a rank that was lent by somebody who waits for
// it does not open a reserve.

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/vocabulary.h"

namespace takt::core {

/// Position of a pool in its FleetSpec: dense, from 0.
using PoolIndex = std::uint32_t;

inline constexpr std::size_t kClasses = 4;  // P0..P3

struct PoolSpec {
  std::string name;
  int slots = 0;
  std::array<int, kClasses> reserve{};  // by class; the last one keeps nothing from anybody

  /// Units that `priority` and the classes below it may hold together.
  int limit_for(Priority priority) const;
  friend bool operator==(const PoolSpec&, const PoolSpec&) = default;
};

/// `weight` (>= 1) units of one pool.
struct Use {
  PoolIndex pool = 0;
  int weight = 1;
  friend auto operator<=>(const Use&, const Use&) = default;
};

/// What a run takes, by pool; each pool at most once, in order.
using Uses = std::vector<Use>;

/// Units by the names of their pools, as rows have them, for these pools; names of others are left
/// out.
Uses uses_named(const std::vector<PoolSpec>& pools,
                const std::vector<std::pair<std::string, std::string>>& named);

}  // namespace takt::core
