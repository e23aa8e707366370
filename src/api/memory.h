#pragma once
// What the API tells of the memory: what is left of it, how the fleet takes that, and who has a limit.

#include <cstdint>
#include <string>
#include <vector>

#include "core/view.h"
#include "ports/launcher.h"

namespace takt::api {

struct Memory {
  core::MemoryView fleet;                  // with the reading of this moment
  std::vector<ports::TreeMemory> limited;  // living trees with a memory_max
  std::int64_t skipped = 0;                // slots skipped for it since the daemon's start
};

/// The limit as a fleet file spells it: "80%", "512M".
std::string spelled(const core::MemoryLimit& limit);

/// From how much in use on it is reached, of `total_bytes`.
std::int64_t reached_from(const core::MemoryLimit& limit, std::int64_t total_bytes);

}  // namespace takt::api
