#pragma once
// Heads: the lines that wait for one pool, each by its best run.
//
//   by rank      flat, so that going over them touches nothing else; never more than there are
//                distinct (uses, class, length), however many runs wait
//   firsts       the best of each kind: lines of one kind differ in nothing but their length, so
//                they have their units free, or lack them, together
//   by length    of each kind, for those who may pass others because they are short

#include <vector>

#include "core/line.h"

namespace takt::core {

/// The best run of a line, with what a look has to know of it.
struct Head {
  Rank rank;
  Duration length{0};
  LineId line = 0;
  int weight = 0;   // in this pool; 0 where lines without a pool are kept
  Use other{0, 0};  // the second pool that it waits for; no weight: it waits for this one alone
  Priority priority = Priority::P2;
  bool critical = false;
  bool more = false;  // it waits for more than two

  bool is_alone() const { return other.weight == 0; }
};

class Heads {
 public:
  struct ByLength {
    Duration length{0};
    Rank rank;
    LineId line = 0;
  };
  /// Lines that take the same, of one pool or of two, and are of one class; the shortest first.
  struct Kind {
    Priority priority = Priority::P2;
    bool critical = false;
    int weight = 0;
    Use other{0, 0};
    Rank best;
    std::vector<ByLength> lines;

    bool has(const Head& head) const {
      return priority == head.priority && critical == head.critical && weight == head.weight &&
             other == head.other;
    }
  };
  /// Another pool that some lines wait for as well.
  struct Tie {
    PoolIndex pool = 0;
    int lines = 0;
  };

  /// The best rank first.
  const std::vector<Head>& all() const { return heads_; }
  /// The best of each kind, and each line that waits for more than two pools; by rank.
  const std::vector<Head>& firsts() const { return firsts_; }
  const std::vector<Kind>& kinds() const { return kinds_; }
  /// Lines that wait for more than two pools; the shortest first.
  const std::vector<ByLength>& wide() const { return wide_; }
  const std::vector<Tie>& ties() const { return ties_; }

  /// `uses`: all that the line waits for, this pool (`own`) among them or none.
  void insert(const Head& head, const Uses& uses, PoolIndex own);
  void erase(const Rank& rank, const Uses& uses, PoolIndex own);
  /// The line of the head at `from` is led by `to` now.
  void lead(const Rank& from, const Rank& to);

 private:
  Kind& of_kind(const Head& head);
  void show_best_of(Kind& kind);
  void count_ties(const Uses& uses, PoolIndex own, int lines);

  std::vector<Head> heads_;
  std::vector<Head> firsts_;
  std::vector<Kind> kinds_;
  std::vector<ByLength> wide_;
  std::vector<Tie> ties_;
};

}  // namespace takt::core
