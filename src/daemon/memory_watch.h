#pragma once
// MemoryWatch: when the memory is looked at, and what was seen last.
//
//   before anything that may start something     when the last look is older than 100 ms
//   by itself                                    each second while the level is not normal,
//                                                every 5 s while attempts are alive, else never
//
// So an idle fleet is not woken for it. Time is an argument (CLOCK_BOOTTIME: a machine has its memory in
// wall time, at any speed of the fleet's clock). The level is the coordinator's to decide; this one is told.

#include <chrono>
#include <optional>

#include "core/memory.h"
#include "ports/memory_meter.h"

namespace takt::daemon {

class MemoryWatch {
 public:
  static constexpr std::chrono::milliseconds kFresh{100};
  static constexpr std::chrono::seconds kEveryInTrouble{1};
  static constexpr std::chrono::seconds kEveryAtWork{5};

  /// `meter` outlives it.
  explicit MemoryWatch(ports::MemoryMeter& meter) : meter_(meter) {}

  core::MemoryReading look(core::MemorySourceWanted wanted, std::chrono::nanoseconds now);
  /// nullopt: the last look is fresh enough.
  std::optional<core::MemoryReading> look_if_old(core::MemorySourceWanted wanted,
                                                 std::chrono::nanoseconds now);

  /// When to look next by itself; nullopt: not at all.
  std::optional<std::chrono::nanoseconds> next_look(core::MemoryLevel level,
                                                    bool attempts_alive) const;

 private:
  ports::MemoryMeter& meter_;
  std::optional<std::chrono::nanoseconds> looked_at_;
};

}  // namespace takt::daemon
