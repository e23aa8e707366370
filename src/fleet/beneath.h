#pragma once
// Opening files beneath a folder, and nowhere else: neither ".." nor a symbolic link nor a race leads
// out, because the kernel resolves the whole name under that rule (openat2). Where a kernel or a
// sandbox does not have it, each part is opened without following links at all.

#include <string>

namespace takt::fleet {

/// A descriptor of `name` (relative) beneath the folder `root`, or -1 with errno: EXDEV when it leads
/// out. `flags` as for open; O_CLOEXEC is added.
int open_beneath(int root, const std::string& name, int flags);

}  // namespace takt::fleet
