#include "daemon/memory_watch.h"

namespace takt::daemon {

core::MemoryReading MemoryWatch::look(core::MemorySourceWanted wanted,
                                      std::chrono::nanoseconds now) {
  looked_at_ = now;
  return meter_.read(wanted);
}

std::optional<core::MemoryReading> MemoryWatch::look_if_old(core::MemorySourceWanted wanted,
                                                            std::chrono::nanoseconds now) {
  if (looked_at_ && now - *looked_at_ < kFresh) return std::nullopt;
  return look(wanted, now);
}

std::optional<std::chrono::nanoseconds> MemoryWatch::next_look(core::MemoryLevel level,
                                                               bool attempts_alive) const {
  if (!looked_at_) return std::nullopt;
  if (level != core::MemoryLevel::normal) return *looked_at_ + kEveryInTrouble;
  if (attempts_alive) return *looked_at_ + kEveryAtWork;
  return std::nullopt;
}

}  // namespace takt::daemon
