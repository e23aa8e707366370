#pragma once
// FleetClock: what time it is for the fleet. Reads CLOCK_BOOTTIME (suspend counts) and runs `speed` times
// as fast from an origin:
//
//   Instant  = origin + (boottime now - boottime at start) * speed      whole milliseconds, rounded down
//   WallTime = Instant + offset                                        offset follows observed steps
//
// At speed 1 the origin is the wall clock at start, so that fleet time is wall time; but never before
// the last recorded batch: a clock that was set back meanwhile is told as a step by the first
// take_step(). At any other speed the origin is where the store left off.

#include <atomic>
#include <chrono>
#include <optional>

#include "base/time.h"

namespace takt::daemon {

/// Nanoseconds on CLOCK_BOOTTIME and CLOCK_REALTIME.
std::chrono::nanoseconds boottime_now();
std::chrono::nanoseconds realtime_now();

class FleetClock {
 public:
  /// `stored`: fleet time of the last recorded batch; none for a new store.
  FleetClock(double speed, std::optional<WallTime> stored);

  double speed() const { return speed_; }
  Instant now() const;
  /// Any thread.
  WallTime wall_now() const;

  /// The boottime at which now() will be at least `at`; far instants are cut to a year ahead.
  std::chrono::nanoseconds boottime_of(Instant at) const;

  /// How far the wall clock has moved against the elapsed line since the last call (or the start).
  /// Zero at speeds other than 1, and for less than 10 ms: the two clocks are slewed together.
  Duration take_step();

 private:
  double speed_;
  std::chrono::nanoseconds boottime_origin_;
  Instant origin_;
  std::atomic<std::int64_t> offset_ms_{0};
};

}  // namespace takt::daemon
