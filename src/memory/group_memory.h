#pragma once
// GroupMemory: what the control groups above this process leave it. Every group from our own up to the
// top of the mount may have a limit, and each counts what is beneath it, so the one with the least left
// decides:
//
//   limit       v2: memory.max or memory.high, the smaller; v1: memory.limit_in_bytes
//   used        v2: memory.current, v1: memory.usage_in_bytes, without the file cache that nobody
//               uses just now (inactive_file, of v1: total_inactive_file): the kernel takes that back
//   available   limit - used
//
// A limit at or above what the machine has limits nothing. Limits are read anew each time: they can be
// changed under a running daemon.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/memory.h"
#include "memory/kernel_file.h"

namespace takt::memory {

/// A limit and what is left of it.
struct GroupReading {
  std::int64_t limit_bytes = 0;
  std::int64_t available_bytes = 0;
};

class GroupMemory {
 public:
  /// `folder`: our own group; `top`: the mount, at or above it. `source` says which files there are.
  GroupMemory(core::MemorySource source, const std::string& folder, const std::string& top);

  core::MemorySource source() const { return source_; }

  /// Of the group with the least left; nullopt: none has a limit below `machine_bytes` (0: unknown).
  std::optional<GroupReading> read(std::int64_t machine_bytes, KernelFile::Buffer& buffer) noexcept;

 private:
  struct Group {
    KernelFile max;
    KernelFile high;  // v2 only
    KernelFile used;
    KernelFile stat;
  };
  std::optional<GroupReading> read(Group& group, std::int64_t machine_bytes,
                                   KernelFile::Buffer& buffer) const noexcept;

  core::MemorySource source_;
  std::vector<Group> groups_;  // our own first
};

}  // namespace takt::memory
