#pragma once
// Heads: the lines that wait for one pool, each by its best run.
//
//   by rank      flat, so that going over them touches nothing else; never more than there are
//                distinct (uses, class, length), however many runs wait
//   by length    for those who may pass others because they are short: per class and weight, and
//                per other pool that they wait for as well

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
  /// Lines that wait for this pool alone and take as much of it; the shortest first.
  struct Kind {
    Priority priority = Priority::P2;
    int weight = 0;
    std::vector<ByLength> lines;
  };
  /// Lines that wait for another pool as well; the shortest first.
  struct Tie {
    PoolIndex pool = 0;
    std::vector<ByLength> lines;
  };

  /// The best rank first.
  const std::vector<Head>& all() const { return heads_; }
  const std::vector<Kind>& kinds() const { return kinds_; }
  const std::vector<Tie>& ties() const { return ties_; }

  /// `uses`: all that the line waits for, this pool (`own`) among them or none.
  void insert(const Head& head, const Uses& uses, PoolIndex own);
  void erase(const Rank& rank, const Uses& uses, PoolIndex own);
  /// The line of the head at `from` is led by `to` now.
  void lead(const Rank& from, const Rank& to, const Uses& uses, PoolIndex own);

 private:
  std::vector<Head>::iterator at(const Rank& rank);
  std::vector<ByLength>& of_kind(const Head& head);
  std::vector<ByLength>& of_tie(PoolIndex pool);
  template <class Change>
  void edit(const Head& head, const Uses& uses, PoolIndex own, Change change);

  std::vector<Head> heads_;
  std::vector<Kind> kinds_;
  std::vector<Tie> ties_;
};

}  // namespace takt::core
