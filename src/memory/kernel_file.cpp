#include "memory/kernel_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace takt::memory {
namespace {

/// Above the standard descriptors and closed on exec; -1: not there, or no file.
int open_file(const char* path) {
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd < 0) return -1;
  struct stat facts{};
  if (::fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode)) return fd;
  ::close(fd);
  return -1;
}

}  // namespace

KernelFile::KernelFile(KernelFile&& other) noexcept
    : path_(std::move(other.path_)),
      state_(std::exchange(other.state_, State::missing)),
      fd_(std::exchange(other.fd_, -1)) {}

KernelFile& KernelFile::operator=(KernelFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(state_, other.state_);
  std::swap(fd_, other.fd_);
  return *this;
}

KernelFile::~KernelFile() {
  if (fd_ >= 0) ::close(fd_);
}

std::string_view KernelFile::read(Buffer& buffer) noexcept {
  if (state_ == State::unopened && !path_.empty()) {
    fd_ = open_file(path_.c_str());
    // A shortage of descriptors passes; anything else does not.
    const bool passing = fd_ < 0 && (errno == EMFILE || errno == ENFILE);
    if (!passing) state_ = fd_ >= 0 ? State::open : State::missing;
  }
  if (fd_ < 0) return {};
  std::size_t size = 0;
  while (size < buffer.size()) {
    const ssize_t n =
        ::pread(fd_, buffer.data() + size, buffer.size() - size, static_cast<off_t>(size));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    size += static_cast<std::size_t>(n);
  }
  return {buffer.data(), size};
}

}  // namespace takt::memory
