#pragma once
// OpenFile: closes a descriptor at the end of its scope.

#include <unistd.h>

#include <utility>

namespace takt::fleet {

class OpenFile {
 public:
  /// Takes over `fd`; below 0: nothing is open.
  explicit OpenFile(int fd) : fd_(fd) {}
  ~OpenFile() {
    if (fd_ >= 0) close(fd_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int fd() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

}  // namespace takt::fleet
