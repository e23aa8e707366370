#pragma once
// Port MemoryMeter: how much memory there is and how much of it is left. The daemon's asks the
// kernel; tests answer from a list.

#include "core/memory.h"

namespace takt::ports {

class MemoryMeter {
 public:
  virtual ~MemoryMeter() = default;
  /// One look, cheap enough for before each start. `wanted` is the fleet file's `memory.source`; where
  /// that is not to be had, the reading's own source says what was read instead. total_bytes 0:
  /// nothing could be read. Never throws.
  virtual core::MemoryReading read(core::MemorySourceWanted wanted) noexcept = 0;
};

}  // namespace takt::ports
