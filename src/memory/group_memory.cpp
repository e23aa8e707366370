#include "memory/group_memory.h"

#include <algorithm>
#include <limits>

#include "memory/kernel_text.h"

namespace takt::memory {
namespace {

constexpr std::size_t kDepthMax = 32;
/// What v1 calls "no limit" lies beyond it, and so does any limit that no machine can reach.
constexpr std::int64_t kNoLimit = std::int64_t{1} << 60;

}  // namespace

GroupMemory::GroupMemory(core::MemorySource source, const std::string& folder,
                         const std::string& top)
    : source_(source) {
  const bool v2 = source == core::MemorySource::cgroup_v2;
  std::string at = folder;
  while (groups_.size() < kDepthMax && at.starts_with(top)) {
    Group& group = groups_.emplace_back();
    group.max = KernelFile(at + (v2 ? "/memory.max" : "/memory.limit_in_bytes"));
    if (v2) group.high = KernelFile(at + "/memory.high");
    group.used = KernelFile(at + (v2 ? "/memory.current" : "/memory.usage_in_bytes"));
    group.stat = KernelFile(at + "/memory.stat");
    if (at.size() <= top.size()) return;
    at.erase(at.rfind('/'));
  }
}

std::optional<GroupReading> GroupMemory::read(std::int64_t machine_bytes,
                                              KernelFile::Buffer& buffer) noexcept {
  std::optional<GroupReading> tightest;
  for (Group& group : groups_) {
    const auto reading = read(group, machine_bytes, buffer);
    if (!reading) continue;
    if (!tightest || reading->available_bytes < tightest->available_bytes) tightest = reading;
  }
  return tightest;
}

std::optional<GroupReading> GroupMemory::read(Group& group, std::int64_t machine_bytes,
                                              KernelFile::Buffer& buffer) const noexcept {
  std::int64_t limit = machine_bytes > 0 ? std::min(machine_bytes, kNoLimit) : kNoLimit;
  const std::int64_t unlimited = limit;
  for (KernelFile* file : {&group.max, &group.high}) {
    limit = std::min(limit, whole_number(file->read(buffer)).value_or(unlimited));
  }
  if (limit >= unlimited) return std::nullopt;
  const auto charged = whole_number(group.used.read(buffer));
  if (!charged) return std::nullopt;
  const bool v2 = source_ == core::MemorySource::cgroup_v2;
  const std::int64_t reclaimable =
      number_of(group.stat.read(buffer), v2 ? "inactive_file" : "total_inactive_file").value_or(0);
  const std::int64_t used =
      std::clamp<std::int64_t>(*charged - std::min(reclaimable, *charged), 0, limit);
  return GroupReading{.limit_bytes = limit, .available_bytes = limit - used};
}

}  // namespace takt::memory
