#pragma once
// RankWeights: what waits for one pool, by rank, and how many units all that rank better than
// somebody want together. O(log n) each, however many wait.

#include <array>
#include <cstdint>
#include <ext/pb_ds/assoc_container.hpp>
#include <ext/pb_ds/tree_policy.hpp>

#include "core/line.h"
#include "core/pool.h"

namespace takt::core {

/// Units by class.
using UnitsByClass = std::array<std::int64_t, kClasses>;

struct Wanted {
  Priority priority = Priority::P2;
  int weight = 1;
};

namespace detail {

/// Keeps in each node the sum over its subtree, as the library's policies keep its size.
template <class ConstNode, class Node, class Compare, class Allocator>
class SumUpdate {
 public:
  using metadata_type = UnitsByClass;

  UnitsByClass before(const Rank& rank) const {
    UnitsByClass sum{};
    auto at = node_begin();
    while (at != node_end()) {
      if (Compare{}((*at)->first, rank)) {
        add(sum, subtree(at.get_l_child()));
        sum[static_cast<std::size_t>((*at)->second.priority)] += (*at)->second.weight;
        at = at.get_r_child();
      } else {
        at = at.get_l_child();
      }
    }
    return sum;
  }

 protected:
  virtual ~SumUpdate() = default;
  virtual ConstNode node_begin() const = 0;
  virtual ConstNode node_end() const = 0;

  template <class Iterator, class End>
  void operator()(Iterator at, End end) const {
    UnitsByClass sum{};
    for (const auto child : {at.get_l_child(), at.get_r_child()}) {
      if (child != end) add(sum, child.get_metadata());
    }
    sum[static_cast<std::size_t>((*at)->second.priority)] += (*at)->second.weight;
    const_cast<UnitsByClass&>(at.get_metadata()) = sum;  // as the library's own policies do
  }

 private:
  static void add(UnitsByClass& sum, const UnitsByClass& more) {
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += more[i];
  }
  UnitsByClass subtree(ConstNode at) const {
    return at == node_end() ? UnitsByClass{} : at.get_metadata();
  }
};

}  // namespace detail

class RankWeights {
 public:
  void insert(const Rank& rank, Wanted wanted) { tree_.insert({rank, wanted}); }
  void erase(const Rank& rank) { tree_.erase(rank); }
  /// Units wanted by all that rank better than `rank`.
  UnitsByClass before(const Rank& rank) const { return tree_.before(rank); }

 private:
  __gnu_pbds::tree<Rank, Wanted, std::less<>, __gnu_pbds::rb_tree_tag, detail::SumUpdate> tree_;
};

}  // namespace takt::core
