#pragma once
// Heads: the lines that wait for one pool, each by its best run.
//
//   by rank      flat, so that going over them touches nothing else; never more than there are
//                distinct (uses, class, length), however many runs wait
//   by kind      lines of one kind take the same, and are of classes from which the same is kept, so
//                they have their units free, or lack them, together; the best kind first, in each the
//                shortest line first

#include <cstdint>
#include <vector>

#include "core/line.h"

namespace takt::core {

/// The best run of a line.
struct Head {
  Rank rank;
  LineId line = 0;
  int weight = 0;  // in this pool; 0 where lines without a pool are kept
  Priority priority = Priority::P2;
  bool critical = false;
};

/// What is alike in lines that have their units free, or lack them, together.
struct KindKey {
  int weight = 0;
  Use other{0, 0};  // the second pool that they wait for; no weight: they wait for this one alone
  Priority priority = Priority::P0;  // the highest that is alike in their pools (Leases::alike)
  bool critical = false;
  bool more = false;  // they wait for more than two; such a line is a kind of its own

  bool is_alone() const { return other.weight == 0; }
  friend bool operator==(const KindKey&, const KindKey&) = default;
};

/// Position of a kind among those of a pool; free again once it has no lines.
using KindId = std::uint32_t;

class Heads {
 public:
  struct ByLength {
    Duration length{0};
    Rank rank;
    LineId line = 0;
  };
  struct Kind {
    Rank best;
    Duration shortest{0};
    std::vector<ByLength> lines;  // the shortest first
  };
  struct ByBest {
    Rank best;
    KindId kind = 0;
  };
  /// Another pool that these kinds wait for as well; at least one.
  struct Tie {
    PoolIndex pool = 0;
    std::vector<KindId> kinds;
  };
  /// A line as the pool sees it.
  struct Entry {
    Rank rank;
    Duration length{0};
    LineId line = 0;
    Priority priority = Priority::P2;
    KindKey key;
  };

  /// The best rank first.
  const std::vector<Head>& all() const { return heads_; }
  /// Every kind, the best first.
  const std::vector<ByBest>& by_best() const { return by_best_; }
  /// Another one whenever by_best() is.
  std::uint64_t version() const { return version_; }
  const KindKey& key(KindId kind) const { return keys_[kind]; }
  const Kind& kind(KindId kind) const { return kinds_[kind]; }
  /// Positions of kinds, those that are free among them.
  std::size_t kinds() const { return kinds_.size(); }
  const std::vector<Tie>& ties() const { return ties_; }

  /// `uses`: all that the line waits for, this pool (`own`) among them or none.
  void insert(const Entry& entry, const Uses& uses, PoolIndex own);
  void erase(const Entry& entry, const Uses& uses, PoolIndex own);
  /// The line is led by `to` now.
  void lead(const Entry& entry, const Rank& to);

 private:
  KindId find(const Entry& entry) const;
  KindId find_or_add(const Entry& entry);
  void set_best(KindId kind, const Rank& best);
  void tie(KindId kind, const Uses& uses, PoolIndex own);
  void untie(KindId kind, const Uses& uses, PoolIndex own);

  std::vector<Head> heads_;
  std::vector<KindKey> keys_;
  std::vector<Kind> kinds_;  // as keys_
  std::vector<KindId> free_;
  std::vector<ByBest> by_best_;
  std::vector<Tie> ties_;
  std::uint64_t version_ = 0;
};

}  // namespace takt::core
