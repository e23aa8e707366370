#include "core/line.h"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace takt::core {

bool operator==(const LineKey& a, const LineKey& b) {
  return a.length == b.length && a.priority == b.priority && a.critical == b.critical &&
         (a.uses == b.uses || *a.uses == *b.uses);
}

std::size_t LineKey::Hash::operator()(const LineKey& key) const {
  std::size_t hash = 0;
  const auto mix = [&](std::uint64_t value) {
    // Of a multiplicative hash the upper half is the good one.
    hash = (hash ^ value) * 0x9E3779B97F4A7C15U;
    hash ^= hash >> 32U;
  };
  mix(static_cast<std::uint64_t>(key.length.count()));
  mix(static_cast<std::uint64_t>(key.priority) * 2 + (key.critical ? 1 : 0));
  for (const Use& use : *key.uses) {
    mix(std::uint64_t{use.pool} << 32U | static_cast<std::uint32_t>(use.weight));
  }
  return hash;
}

Duration rounded_up(Duration length) {
  const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(length.count(), 1));
  if (ms <= 4) return Duration{static_cast<std::int64_t>(ms)};
  const std::uint64_t quarter = std::bit_floor(ms) / 4;
  return Duration{static_cast<std::int64_t>((ms + quarter - 1) / quarter * quarter)};
}

}  // namespace takt::core
