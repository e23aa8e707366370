#pragma once
// Line: runs that are alike to admission (same uses, class, critical, rounded length), best rank
// first.

#include <limits>
#include <memory>
#include <set>

#include "base/ids.h"
#include "base/time.h"
#include "core/pool.h"

namespace takt::core {

/// Smaller is better: due time + class x ageing; the older run first.
struct Rank {
  Instant at;
  RunId run;
  friend auto operator<=>(const Rank&, const Rank&) = default;
};

inline constexpr Rank kBestRank{Instant::min(), RunId{}};
inline constexpr Rank kWorstRank{Instant::max(), RunId{std::numeric_limits<std::int64_t>::max()}};

struct LineKey {
  std::shared_ptr<const Uses> uses;
  Priority priority = Priority::P2;
  bool critical = false;
  Duration length{0};  // rounded up

  // By what the uses say, not by where they lie.
  friend bool operator==(const LineKey& a, const LineKey& b);
  struct Hash {
    std::size_t operator()(const LineKey& key) const;
  };
};

/// `length` rounded up to 1, 1.25, 1.5 or 1.75 times a power of two milliseconds; at least 1 ms.
Duration rounded_up(Duration length);

struct Line {
  LineKey key;
  std::set<Rank> ranks;

  const Rank& head() const { return *ranks.begin(); }
};

/// Position of a line among all; free again once the line is empty.
using LineId = std::uint32_t;

}  // namespace takt::core
