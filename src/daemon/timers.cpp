#include "daemon/timers.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstdint>
#include <system_error>

#include "daemon/fleet_clock.h"

namespace takt::daemon {
namespace {

int open_timer(clockid_t clock) {
  const int fd = timerfd_create(clock, TFD_NONBLOCK | TFD_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "timerfd_create");
  return fd;
}

}  // namespace

WakeTimer::WakeTimer(boost::asio::io_context& io, std::function<void()> fired)
    : descriptor_(io, open_timer(CLOCK_BOOTTIME)), fired_(std::move(fired)) {
  wait();
}

void WakeTimer::set(std::chrono::nanoseconds boottime) {
  if (boottime == set_to_) return;
  set_to_ = boottime;
  // As a distance, since libraries that fake the wall clock shift every absolute time. All zero would
  // disarm; a time in the past fires at once.
  const std::int64_t ns = std::max<std::int64_t>((boottime - boottime_now()).count(), 1);
  itimerspec when{};
  when.it_value.tv_sec = ns / 1'000'000'000;
  when.it_value.tv_nsec = ns % 1'000'000'000;
  timerfd_settime(descriptor_.native_handle(), 0, &when, nullptr);
}

void WakeTimer::clear() {
  if (set_to_.count() == 0) return;
  set_to_ = std::chrono::nanoseconds{0};
  const itimerspec never{};
  timerfd_settime(descriptor_.native_handle(), 0, &never, nullptr);
}

void WakeTimer::wait() {
  descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                         [this](const boost::system::error_code& error) {
                           if (error) return;  // the loop is being taken down
                           std::uint64_t times = 0;
                           const auto got = read(descriptor_.native_handle(), &times, sizeof times);
                           if (got == sizeof times) {
                             set_to_ = std::chrono::nanoseconds{0};
                             fired_();
                           }
                           wait();
                         });
}

StepWatch::StepWatch(boost::asio::io_context& io, std::function<void()> stepped)
    : descriptor_(io, open_timer(CLOCK_REALTIME)), stepped_(std::move(stepped)) {
  arm();
  wait();
}

void StepWatch::arm() {
  itimerspec never{};
  never.it_value.tv_sec = std::int64_t{1} << 40;  // some 35,000 years: only a step wakes it
  const int flags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
  // Setting it tells of a step since the last look, too (ECANCELED), and is then set all the same.
  if (timerfd_settime(descriptor_.native_handle(), flags, &never, nullptr) != 0 &&
      errno == ECANCELED) {
    boost::asio::post(descriptor_.get_executor(), [this] { stepped_(); });
  }
}

void StepWatch::wait() {
  descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                         [this](const boost::system::error_code& error) {
                           if (error) return;
                           std::uint64_t times = 0;
                           const auto got = read(descriptor_.native_handle(), &times, sizeof times);
                           const bool stepped = got < 0 && errno == ECANCELED;
                           arm();  // first, so that a step during the handling is seen as well
                           if (stepped) stepped_();
                           wait();
                         });
}

}  // namespace takt::daemon
