#include "sim/random.h"

#include <algorithm>
#include <cmath>

#include "base/stable_hash.h"

namespace takt::sim {
namespace {

constexpr int kBellDraws = 12;  // the sum of twelve even draws has deviation 1

}  // namespace

Random::Random(std::string_view part, std::uint64_t seed)
    : engine_(stable_hash(part, static_cast<std::int64_t>(seed))) {}

std::int64_t Random::below(std::int64_t bound) { return hash_below(engine_(), bound); }

Duration Random::between(Duration low, Duration high) {
  return low + Duration{below((high - low).count() + 1)};
}

double Random::unit() { return static_cast<double>(engine_() >> 11U) * 0x1p-53; }

bool Random::chance(double p) { return unit() < p; }

double Random::bell() {
  double sum = 0;
  for (int i = 0; i < kBellDraws; ++i) sum += unit();
  return sum - kBellDraws / 2.0;
}

Duration Random::around(Duration median, double spread) {
  const double drawn = static_cast<double>(median.count()) * std::exp(spread * bell());
  return Duration{std::max<std::int64_t>(1, std::llround(drawn))};
}

}  // namespace takt::sim
