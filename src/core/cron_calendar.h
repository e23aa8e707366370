#pragma once
// The matches of a cron expression in local time, as if no clock were ever changed. By arithmetic on
// months, days and times of day, never second by second: a match that is 40 years away costs
// microseconds. Ranges are half open, [from, until).

#include <chrono>
#include <cstdint>
#include <optional>

#include "core/cron.h"

namespace takt::core {

using LocalTime = std::chrono::local_seconds;

/// The first and the last match in the range.
std::optional<LocalTime> first_match(const CronFields& fields, LocalTime from, LocalTime until);
std::optional<LocalTime> last_match(const CronFields& fields, LocalTime from, LocalTime until);

/// How many there are.
std::int64_t count_matches(const CronFields& fields, LocalTime from, LocalTime until);

bool matches(const CronFields& fields, LocalTime at);

/// The first and last time of day, and the longest time from one match to the next within a day (0
/// where a day has only one).
struct TimesOfDay {
  std::chrono::seconds first;
  std::chrono::seconds last;
  std::chrono::seconds longest_gap;
};
TimesOfDay times_of_day(const CronFields& fields);

}  // namespace takt::core
