#include "core/memory.h"

#include "base/match.h"

namespace takt::core {

bool is_reached(const MemoryLimit& limit, const MemoryReading& reading) {
  if (reading.total_bytes <= 0) return false;
  return std::visit(
      Match{[&](const UsedRatio& ratio) { return reading.used_ratio() >= ratio.at_least; },
            [&](const BytesLeft& left) { return reading.available_bytes <= left.at_most; }},
      limit);
}

MemoryLevel next_level(const MemorySpec& spec, MemoryLevel before, const MemoryReading& reading) {
  const bool above_high = is_reached(spec.high, reading);
  const bool stalled = reading.stalled >= kStalledCritical;
  if (is_reached(spec.critical, reading) || stalled) return MemoryLevel::critical;
  if (before == MemoryLevel::critical) {
    const bool still_stalled = reading.stalled >= kStalledCritical / 2;
    return above_high || still_stalled ? MemoryLevel::critical : MemoryLevel::normal;
  }
  return above_high ? MemoryLevel::high : MemoryLevel::normal;
}

}  // namespace takt::core
