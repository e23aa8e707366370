#include "daemon/fleet_clock.h"

#include <time.h>

#include <algorithm>
#include <cmath>

namespace takt::daemon {
namespace {

using std::chrono::nanoseconds;

nanoseconds read_clock(clockid_t clock) {
  timespec at{};
  clock_gettime(clock, &at);
  return std::chrono::seconds{at.tv_sec} + nanoseconds{at.tv_nsec};
}

Duration scaled(nanoseconds elapsed, double speed) {
  if (speed == 1) return std::chrono::floor<Duration>(elapsed);
  return Duration{
      static_cast<std::int64_t>(std::floor(static_cast<double>(elapsed.count()) * speed / 1e6))};
}

constexpr Duration kSmallestStep{10};
constexpr Duration kFarthest = std::chrono::hours{24 * 365};

}  // namespace

nanoseconds boottime_now() { return read_clock(CLOCK_BOOTTIME); }
nanoseconds realtime_now() { return read_clock(CLOCK_REALTIME); }

FleetClock::FleetClock(double speed, std::optional<WallTime> stored) : speed_(speed) {
  const nanoseconds real = realtime_now();
  const Duration wall = std::chrono::floor<Duration>(real);
  // Back to the whole millisecond: else everything for ever would be up to one late by the wall.
  boottime_origin_ = boottime_now() - (real - wall);
  // A wall clock behind what is recorded was set back, or not set yet, while nobody watched: the
  // elapsed line goes on from the record, and the difference is a step like any other.
  const bool goes_on = stored && (speed != 1 || stored->time_since_epoch() > wall);
  origin_ = Instant{goes_on ? stored->time_since_epoch() : wall};
}

Instant FleetClock::now() const {
  return origin_ + scaled(boottime_now() - boottime_origin_, speed_);
}

WallTime FleetClock::wall_now() const {
  return WallTime{now().time_since_epoch()} + Duration{offset_ms_.load(std::memory_order_relaxed)};
}

nanoseconds FleetClock::boottime_of(Instant at) const {
  const Duration ahead = std::clamp(at - origin_, Duration{0}, (now() - origin_) + kFarthest);
  if (speed_ == 1) return boottime_origin_ + ahead;
  // Rounded up, and a microsecond more for the division: never early.
  const double wall_ns = static_cast<double>(ahead.count()) * 1e6 / speed_;
  return boottime_origin_ + nanoseconds{static_cast<std::int64_t>(std::ceil(wall_ns)) + 1000};
}

Duration FleetClock::take_step() {
  if (speed_ != 1) return Duration{0};
  const Duration wall = std::chrono::floor<Duration>(realtime_now());
  const Duration offset = wall - now().time_since_epoch();
  const Duration step = offset - Duration{offset_ms_.load(std::memory_order_relaxed)};
  if (std::chrono::abs(step) < kSmallestStep) return Duration{0};
  offset_ms_.store(offset.count(), std::memory_order_relaxed);
  return step;
}

}  // namespace takt::daemon
