#pragma once
// Timers of the loop. Asio's own count CLOCK_MONOTONIC, which stands still in suspend; these are timerfds.
// Loop's thread only; callbacks run on it.

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <functional>

namespace takt::daemon {

/// Fires once at an absolute CLOCK_BOOTTIME; setting it again replaces the earlier time.
class WakeTimer {
 public:
  WakeTimer(boost::asio::io_context& io, std::function<void()> fired);
  void set(std::chrono::nanoseconds boottime);
  void clear();

 private:
  void wait();
  boost::asio::posix::stream_descriptor descriptor_;
  std::function<void()> fired_;
  std::chrono::nanoseconds set_to_{0};
};

/// Tells when somebody sets CLOCK_REALTIME (timerfd with CANCEL_ON_SET).
class StepWatch {
 public:
  StepWatch(boost::asio::io_context& io, std::function<void()> stepped);

 private:
  void arm();
  void wait();
  boost::asio::posix::stream_descriptor descriptor_;
  std::function<void()> stepped_;
};

}  // namespace takt::daemon
