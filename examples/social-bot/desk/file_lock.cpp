#include "desk/file_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "desk/failed.h"

namespace bot {

FileLock::FileLock(const std::string& path, Wait wait)
    : descriptor_(::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600)) {
  if (descriptor_ < 0) throw Failed(fmt::format("{}: {}", path, std::strerror(errno)));
  const int how = wait == Wait::kNot ? LOCK_EX | LOCK_NB : LOCK_EX;
  int result = 0;
  do {
    result = ::flock(descriptor_, how);
  } while (result != 0 && errno == EINTR);
  if (result == 0) return;
  const int code = errno;
  ::close(descriptor_);
  throw Failed(code == EWOULDBLOCK ? fmt::format("{} is held by another process", path)
                                   : fmt::format("{}: {}", path, std::strerror(code)));
}

FileLock::~FileLock() { ::close(descriptor_); }

}  // namespace bot
