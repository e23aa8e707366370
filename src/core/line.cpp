#include "core/line.h"

#include <algorithm>
#include <bit>
#include <tuple>

namespace takt::core {

bool LineKey::Less::operator()(const LineKey& a, const LineKey& b) const {
  const auto rest = [](const LineKey& key) {
    return std::tuple{key.length, key.priority, key.critical};
  };
  if (rest(a) != rest(b)) return rest(a) < rest(b);
  return a.uses != b.uses && *a.uses < *b.uses;
}

Duration rounded_up(Duration length) {
  const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(length.count(), 1));
  if (ms <= 4) return Duration{static_cast<std::int64_t>(ms)};
  const std::uint64_t quarter = std::bit_floor(ms) / 4;
  return Duration{static_cast<std::int64_t>((ms + quarter - 1) / quarter * quarter)};
}

}  // namespace takt::core
