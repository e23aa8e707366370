#pragma once
// Time as the fleet counts it. takt may run a fleet many times faster than the wall; a job
// therefore never asks the machine's clock for the time of day, it takes TAKT_NOW, the fleet time
// at its start. Whole seconds: that is what content.db stores and what takt's health queries
// compare with.

#include <chrono>
#include <string>
#include <string_view>

namespace bot {

using Time = std::chrono::sys_seconds;
using namespace std::chrono_literals;

/// Seconds since the unix epoch, and back.
constexpr std::int64_t unix_seconds(Time at) { return at.time_since_epoch().count(); }
constexpr Time from_unix(std::int64_t seconds) { return Time{std::chrono::seconds{seconds}}; }

/// Hours since the unix epoch: the clock by which topics change their mood and news appear.
constexpr std::int64_t hour_of(Time at) {
  return std::chrono::floor<std::chrono::hours>(at).time_since_epoch().count();
}

/// Start of that hour.
constexpr Time start_of_hour(std::int64_t hour) { return Time{std::chrono::hours{hour}}; }

/// "2026-03-08T06:30:00.000Z" (any number of fraction digits, cut). Throws Failed for anything
/// else.
Time parse_time(std::string_view text);

/// TAKT_NOW; without it (a job started by hand) the machine's clock. Throws Failed when malformed.
Time fleet_now();

/// "06:30" of that time's day, for the lines a job prints.
std::string clock_face(Time at);

}  // namespace bot
