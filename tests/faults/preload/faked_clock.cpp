// A clock that is wrong for one process: preloaded into the daemon, it adds what a shared file says to the
// clocks that the daemon reads.
//
//   $FAKED_CLOCK: two 64-bit numbers of nanoseconds
//     [0] how far the wall clock is off                  a step, an unset clock
//     [1] how long the machine was suspended             CLOCK_BOOTTIME counts it, CLOCK_MONOTONIC does not
//
// The file is mapped, so a step is one store into it. Timers stay the kernel's: one on CLOCK_BOOTTIME is
// set to the kernel's idea of the instant, and does not fire when a suspend "ends"; the kernel's would.

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <mutex>

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

using Off = std::atomic<std::int64_t>;

Off* map_file() {
  const char* path = std::getenv("FAKED_CLOCK");
  const int fd = path == nullptr ? -1 : ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return nullptr;
  void* mapped = ::mmap(nullptr, 2 * sizeof(Off), PROT_READ, MAP_SHARED, fd, 0);
  ::close(fd);
  return mapped == MAP_FAILED ? nullptr : static_cast<Off*>(mapped);
}

std::int64_t off(int which) {
  static Off* const file = map_file();
  return file == nullptr ? 0 : file[which].load(std::memory_order_relaxed);
}

void add(timespec& at, std::int64_t ns) {
  const std::int64_t all = at.tv_sec * kSecond + at.tv_nsec + ns;
  at.tv_sec = all / kSecond;
  at.tv_nsec = all % kSecond;
}

template <class Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

std::mutex timers_mutex;
std::map<int, int> timers;  // descriptor: clock

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* at) noexcept {
  static const auto next = real<int (*)(clockid_t, timespec*)>("clock_gettime");
  const int result = next(clock, at);
  if (result != 0) return result;
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) add(*at, off(0));
  if (clock == CLOCK_BOOTTIME) add(*at, off(1));
  return 0;
}

int gettimeofday(timeval* at, void*) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  at->tv_sec = now.tv_sec;
  at->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t* at) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (at != nullptr) *at = now.tv_sec;
  return now.tv_sec;
}

int timerfd_create(clockid_t clock, int flags) noexcept {
  static const auto next = real<int (*)(clockid_t, int)>("timerfd_create");
  const int fd = next(clock, flags);
  const std::lock_guard lock(timers_mutex);
  timers[fd] = clock;
  return fd;
}

int timerfd_settime(int fd, int flags, const itimerspec* when, itimerspec* before) noexcept {
  static const auto next =
      real<int (*)(int, int, const itimerspec*, itimerspec*)>("timerfd_settime");
  itimerspec kernels = *when;
  const bool is_set = when->it_value.tv_sec != 0 || when->it_value.tv_nsec != 0;
  {
    const std::lock_guard lock(timers_mutex);
    if (is_set && (flags & TFD_TIMER_ABSTIME) != 0 && timers[fd] == CLOCK_BOOTTIME) {
      add(kernels.it_value, -off(1));
      if (kernels.it_value.tv_sec < 0 || kernels.it_value.tv_nsec <= 0) {
        kernels.it_value = {.tv_sec = kernels.it_value.tv_sec < 0 ? 0 : kernels.it_value.tv_sec,
                            .tv_nsec = 1};  // long ago: at once
      }
    }
  }
  return next(fd, flags, &kernels, before);
}
}
