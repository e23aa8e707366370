#pragma once
// Time as takt counts it: whole milliseconds, on two lines that never mix by accident.
//
//   Instant   the elapsed line (CLOCK_BOOTTIME, suspend counts): all intervals, deadlines, waits.
//             Untouched by wall-clock steps. Not comparable across daemon incarnations.
//   WallTime  what people read and the store keeps: UTC, unix epoch.
//
// At start a daemon sets Instant equal to WallTime; an observed clock step changes only the offset
// between them (the coordinator owns it). Both run --speed N times as fast as the machine's clocks.
// The resolution is 1 ms because the smallest interval is: nothing is ever rounded towards early.

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace takt {

using Duration = std::chrono::milliseconds;

/// Tag clock of the elapsed line. It has no now(): time is an argument.
struct ElapsedClock {
  using rep = std::int64_t;
  using period = std::milli;
  using duration = Duration;
  using time_point = std::chrono::time_point<ElapsedClock, Duration>;
  static constexpr bool is_steady = true;
};

using Instant = ElapsedClock::time_point;
using WallTime = std::chrono::sys_time<Duration>;

/// Milliseconds since the line's origin, for storing and printing.
constexpr std::int64_t millis(WallTime at) { return at.time_since_epoch().count(); }
constexpr WallTime wall_from_millis(std::int64_t ms) { return WallTime{Duration{ms}}; }

/// Longest duration and latest time that takt accepts from people: 200 years; sums of a few of them
/// stay far from overflow.
inline constexpr Duration kDurationMax = std::chrono::hours{24 * 365 * 200};

/// a + b that stops at the ends of the number range instead of wrapping.
Instant saturating_add(Instant at, Duration by);

/// "2026-03-08T06:30:00.000Z". Years outside 0000..9999 are clamped to those ends.
std::string format_rfc3339(WallTime at);

/// RFC 3339 with any offset and 0..9 fraction digits (cut to ms); nullopt for anything else.
std::optional<WallTime> parse_rfc3339(std::string_view text);

/// Durations as people write them: "250ms" "90s" "5m" "2h" "1d", and sums in that order "1h30m".
/// Whole numbers only. The error says what is wrong in words fit for a user ("has no unit").
/// Zero is accepted here; where it is not allowed the caller says so. Above kDurationMax is an error.
std::expected<Duration, std::string> parse_duration(std::string_view text);

/// Shortest exact form that parse_duration reads back: "1h30m", "90s" as "1m30s", "0s".
std::string format_duration(Duration duration);

}  // namespace takt
