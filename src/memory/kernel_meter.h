#pragma once
// KernelMeter: memory as the kernel tells it, for the level of the fleet (core/memory.h).
//
//   source     total                         available
//   system     MemTotal of /proc/meminfo     MemAvailable
//   cgroup     the tightest limit of our     what that limit leaves, and never more than the machine
//              groups (group_memory.h)       has left
//   auto       cgroup where a limit is set, else system
//
// `cgroup` without any limit falls back to system: then the machine is the limit. Stalled comes from PSI:
// of our own v2 group where there is one, else, and with `system`, of the whole machine.
//
// Where things are is looked up once, and the files stay open: a reading costs a few preads. Loop's
// thread.

#include <filesystem>
#include <optional>
#include <string>

#include "memory/group_memory.h"
#include "memory/kernel_file.h"
#include "ports/memory_meter.h"

namespace takt::memory {

class KernelMeter final : public ports::MemoryMeter {
 public:
  /// `root`: where /proc, and the mount points that it names, are found.
  explicit KernelMeter(const std::filesystem::path& root = "/");

  core::MemoryReading read(core::MemorySourceWanted wanted) noexcept override;

 private:
  double stalled(core::MemorySourceWanted wanted) noexcept;

  KernelFile meminfo_;
  KernelFile machine_pressure_;
  KernelFile group_pressure_;
  std::optional<GroupMemory> groups_;
  KernelFile::Buffer buffer_;
};

/// "2 % of 23.5 GiB used (system), stalled 0 % of the last ten seconds": for people.
std::string describe(const core::MemoryReading& reading);

}  // namespace takt::memory
