#pragma once
// Descriptor: sole owner of one file descriptor. Whoever registered it with an epoll instance
// removes it there before it is reset or destroyed: a child that is between clone and exec holds a
// copy, and a closed descriptor with a living copy goes on reporting.

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace takt::exec {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }
  ~Descriptor() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void reset(int fd = -1) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
  }

 private:
  int fd_ = -1;
};

}  // namespace takt::exec
