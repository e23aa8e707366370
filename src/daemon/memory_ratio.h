#pragma once
// Share of the machine's memory in use: (MemTotal - MemAvailable) / MemTotal of /proc/meminfo.

#include <optional>

namespace takt::daemon {

/// 0..1; nullopt where /proc/meminfo cannot be read.
std::optional<double> memory_used_ratio();

}  // namespace takt::daemon
