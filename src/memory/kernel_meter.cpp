#include "memory/kernel_meter.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "base/cgroup_place.h"
#include "base/words.h"
#include "memory/kernel_text.h"

namespace takt::memory {
namespace {

using core::MemorySource;
using core::MemorySourceWanted;

std::string whole_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// `path` as it is found beneath `root`.
std::string beneath(const std::filesystem::path& root, const std::string& path) {
  return root == "/" ? path : root.string() + path;
}

/// The two texts that say where our groups are.
struct Places {
  explicit Places(const std::filesystem::path& root)
      : mountinfo(whole_text(root / "proc/self/mountinfo")),
        own(whole_text(root / "proc/self/cgroup")) {}
  std::string mountinfo;
  std::string own;
};

GroupMemory groups_at(const std::filesystem::path& root, MemorySource source,
                      const CgroupMount& mount, std::string_view path) {
  return {source, beneath(root, cgroup_folder(mount, path)), beneath(root, mount.point)};
}

/// The hierarchy that has the memory controller: v1 where it is bound to that, else v2.
std::optional<GroupMemory> find_groups(const std::filesystem::path& root, const Places& places) {
  const auto v1 = cgroup_v1_mount(places.mountinfo, "memory");
  const auto v1_path = cgroup_path(places.own, "memory");
  if (v1 && !v1_path.empty()) return groups_at(root, MemorySource::cgroup_v1, *v1, v1_path);
  const auto v2 = cgroup_v2_mount(places.mountinfo);
  const auto v2_path = cgroup_path(places.own);
  if (v2 && !v2_path.empty()) return groups_at(root, MemorySource::cgroup_v2, *v2, v2_path);
  return std::nullopt;
}

/// PSI is kept for every v2 group, whichever hierarchy the controllers are bound to.
KernelFile find_group_pressure(const std::filesystem::path& root, const Places& places) {
  const auto v2 = cgroup_v2_mount(places.mountinfo);
  const auto path = cgroup_path(places.own);
  if (!v2 || path.empty()) return {};
  return KernelFile(beneath(root, cgroup_folder(*v2, path)) + "/memory.pressure");
}

double gibibytes(std::int64_t bytes) { return static_cast<double>(bytes) / (1 << 30); }

}  // namespace

KernelMeter::KernelMeter(const std::filesystem::path& root)
    : meminfo_(root / "proc/meminfo"), machine_pressure_(root / "proc/pressure/memory") {
  const Places places(root);
  groups_ = find_groups(root, places);
  group_pressure_ = find_group_pressure(root, places);
}

core::MemoryReading KernelMeter::read(MemorySourceWanted wanted) noexcept {
  const MachineMemory machine = parse_meminfo(meminfo_.read(buffer_));
  core::MemoryReading reading{.total_bytes = machine.total_bytes,
                              .available_bytes = machine.available_bytes,
                              .stalled = stalled(wanted)};
  if (wanted == MemorySourceWanted::system || !groups_) return reading;
  const auto group = groups_->read(machine.total_bytes, buffer_);
  if (!group) return reading;
  reading.source = groups_->source();
  reading.total_bytes = group->limit_bytes;
  reading.available_bytes = machine.total_bytes > 0
                                ? std::min(group->available_bytes, machine.available_bytes)
                                : group->available_bytes;
  return reading;
}

double KernelMeter::stalled(MemorySourceWanted wanted) noexcept {
  if (wanted != MemorySourceWanted::system) {
    if (const auto share = parse_pressure(group_pressure_.read(buffer_))) return *share;
  }
  return parse_pressure(machine_pressure_.read(buffer_)).value_or(0);
}

std::string describe(const core::MemoryReading& reading) {
  if (reading.total_bytes <= 0) return "not readable";
  return fmt::format("{:.0f} % of {:.1f} GiB used ({}), stalled {:.0f} % of the last ten seconds",
                     100 * reading.used_ratio(), gibibytes(reading.total_bytes),
                     word(reading.source), 100 * reading.stalled);
}

}  // namespace takt::memory
