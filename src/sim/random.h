#pragma once
// Random: the dice of a simulation. Seeded, and the same on every machine and in every library: the
// engine is the standard's mt19937_64, the distributions are our own, since the standard leaves
// theirs to the implementation. Each part of the world has dice of its own, so that one part
// drawing more does not change what happens in another.

#include <cstdint>
#include <random>
#include <string_view>

#include "base/time.h"

namespace takt::sim {

class Random {
 public:
  /// Dice for the part of the world called `part`.
  Random(std::string_view part, std::uint64_t seed);

  /// 0 .. bound-1; 0 when bound is below 2.
  std::int64_t below(std::int64_t bound);

  /// Evenly from [low, high], ends included.
  Duration between(Duration low, Duration high);

  /// True once in 1/p times.
  bool chance(double p);

  /// From a bell curve around 0 with deviation 1, cut at +-6.
  double bell();

  /// A duration whose median is `median` and whose logarithm is a bell of width `spread`; at least
  /// 1 ms. At 0.35 one in forty is twice as long as the median.
  Duration around(Duration median, double spread = 0.35);

 private:
  double unit();  // [0, 1)

  std::mt19937_64 engine_;
};

}  // namespace takt::sim
