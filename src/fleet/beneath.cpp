#include "fleet/beneath.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace takt::fleet {
namespace {

/// Part by part, no link followed: narrower than the kernel's rule, never wider.
int open_by_parts(int root, std::string_view name, int flags) {
  int folder = dup(root);
  while (folder >= 0) {
    const std::size_t slash = name.find('/');
    const std::string part{name.substr(0, slash)};
    const bool is_last = slash == std::string_view::npos;
    if (part == "..") {
      close(folder);
      errno = EXDEV;
      return -1;
    }
    const int how = is_last ? flags : O_PATH | O_DIRECTORY;
    const int next = openat(folder, part.c_str(), how | O_CLOEXEC | O_NOFOLLOW);
    const int error = errno;
    close(folder);
    errno = error == ELOOP ? EXDEV : error;
    if (is_last) return next;
    folder = next;
    name.remove_prefix(slash + 1);
  }
  return -1;
}

}  // namespace

int open_beneath(int root, const std::string& name, int flags) {
  open_how how{};
  how.flags = static_cast<__u64>(static_cast<unsigned>(flags) | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  const long fd = syscall(SYS_openat2, root, name.c_str(), &how, sizeof how);
  if (fd >= 0) return static_cast<int>(fd);
  if (errno != ENOSYS && errno != EPERM) return -1;
  return open_by_parts(root, name, flags);
}

}  // namespace takt::fleet
