#pragma once
// Where a process's control groups are, from the two texts in which the kernel says it:
//
//   /proc/self/mountinfo   36 25 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
//   /proc/PID/cgroup       4:memory:/service        0::/user.slice   (v2: no controller)
//
// There are machines with v1, with v2, and hybrid ones that keep v2 beside v1, each hierarchy mounted
// wherever somebody liked; in a container a mount may show only a part of its hierarchy (its root).
// Pure: nothing is opened here.

#include <optional>
#include <string>
#include <string_view>

namespace takt {

/// One hierarchy as it is mounted.
struct CgroupMount {
  std::string root;   // the part of the hierarchy that is seen, "/" for all of it
  std::string point;  // the folder at which it is seen
};

/// The mount of the v2 hierarchy; the first where there are several.
std::optional<CgroupMount> cgroup_v2_mount(std::string_view mountinfo);

/// The mount of the v1 hierarchy that has `controller`.
std::optional<CgroupMount> cgroup_v1_mount(std::string_view mountinfo, std::string_view controller);

/// The path of a group within its hierarchy, as /proc/PID/cgroup tells it: of v2 with no
/// controller, else of the v1 hierarchy that has it. Empty: unknown.
std::string_view cgroup_path(std::string_view proc_cgroup, std::string_view controller = {});

/// The folder of the group `path`. A path outside of what the mount shows is its uppermost group.
std::string cgroup_folder(const CgroupMount& mount, std::string_view path);

}  // namespace takt
