#pragma once
// Cancel: says "enough" to whoever waits for another machine. Set once, from any thread; whoever waits
// watches its descriptor beside the sockets, so that it is heard at once and nobody looks at a flag ten
// times a second.

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>

namespace takt::net {

class Cancel {
 public:
  Cancel() : descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~Cancel() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  Cancel(const Cancel&) = delete;
  Cancel& operator=(const Cancel&) = delete;

  void set() {
    set_.store(true);
    if (descriptor_ >= 0) eventfd_write(descriptor_, 1);
  }
  bool is_set() const { return set_.load(); }

  /// Readable from set() on. -1 where the process had no descriptor left: poll() passes over it, and
  /// whoever waits is to look at is_set() every kGlanceMs.
  int descriptor() const { return descriptor_; }
  static constexpr int kGlanceMs = 100;
  /// Longest wait between two looks, out of `wanted_ms`.
  int wait_ms(long long wanted_ms) const {
    const long long most = descriptor_ >= 0 ? 60'000 : kGlanceMs;
    return static_cast<int>(wanted_ms < 0 ? 0 : wanted_ms < most ? wanted_ms : most);
  }

 private:
  int descriptor_;
  std::atomic<bool> set_ = false;
};

}  // namespace takt::net
