#pragma once
// Cron expressions: from their text to the set of local times that they match. Pure text and
// arithmetic; zones and DST are core/cron_slots.h's.
//
//   ┌──────── second 0-59 (only in expressions of six fields; else 0)
//   │ ┌────── minute 0-59
//   │ │ ┌──── hour 0-23
//   │ │ │ ┌── day of month 1-31
//   │ │ │ │ ┌ month 1-12 or jan-dec
//   │ │ │ │ │ ┌ day of week 0-7 or sun-sat; 0 and 7 are Sunday
//   0 * * * * *
//
//   *  ?         every value             5  1,3,5     these            a-b   a range; 22-2 wraps
//   */n  a-b/n   every n-th of a range   a/n          from a on, every n-th
//   H  H(a-b)    one value, by a stable hash of the job's name and the field
//   H/n  H(a-b)/n   every n-th, beginning at such a value
//   @hourly @daily @midnight @weekly @monthly @yearly @annually
//
// Day of month and day of week: a field that starts with * or ? is not restricted; when both are,
// a day matches that is in either (Vixie), or in both with DayMode::both_match.

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "base/words.h"

namespace takt::core {

/// `dow_mode` of the fleet file: or, and.
enum class DayMode : std::uint8_t { either, both };

/// The local times that an expression matches: bit n stands for the value n.
struct CronFields {
  std::uint64_t seconds = 1;
  std::uint64_t minutes = 0;
  std::uint32_t hours = 0;
  std::uint32_t days = 0;  // 1-31
  std::uint16_t months = 0;
  std::uint8_t weekdays = 0;  // 0 is Sunday
  bool days_restricted = false;
  bool weekdays_restricted = false;
  DayMode day_mode = DayMode::either;
  /// No *, ? or / in minute and hour: a time of day that is meant once, whatever DST does to it.
  bool fixed_time = false;

  /// A day matches when it is in one of the two, not in both.
  bool days_add_up() const {
    return days_restricted && weekdays_restricted && day_mode == DayMode::either;
  }
  friend bool operator==(const CronFields&, const CronFields&) = default;
};

struct CronError {
  std::size_t offset = 0;  // where in the text, in bytes
  std::string message;     // after "cron ": `has 3 fields`
  std::string hint;
};

/// Reads an expression. `job` is whose hash H stands for. Errors: anything that is not an
/// expression, values out of range, and days that never come (February 30).
std::expected<CronFields, CronError> parse_cron(std::string_view text, std::string_view job,
                                                DayMode day_mode = DayMode::either);

/// A text that is equal exactly when two expressions match the same times, DST apart.
std::string cron_fingerprint(const CronFields& fields);

}  // namespace takt::core

namespace takt {

template <>
inline constexpr std::array<std::string_view, 2> kWords<core::DayMode>{"or", "and"};

}  // namespace takt
