#include "core/line.h"

#include <algorithm>
#include <bit>
#include <boost/container_hash/hash.hpp>
#include <cstdint>

namespace takt::core {

bool operator==(const LineKey& a, const LineKey& b) {
  return a.length == b.length && a.priority == b.priority && a.critical == b.critical &&
         (a.uses == b.uses || *a.uses == *b.uses);
}

std::size_t LineKey::Hash::operator()(const LineKey& key) const {
  std::size_t hash = 0;
  boost::hash_combine(hash, key.length.count());
  boost::hash_combine(hash, static_cast<int>(key.priority));
  boost::hash_combine(hash, key.critical);
  for (const Use& use : *key.uses) {
    boost::hash_combine(hash, use.pool);
    boost::hash_combine(hash, use.weight);
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
