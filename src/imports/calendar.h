#pragma once
// Calendar: an OnCalendar= expression of systemd as a schedule of takt's.
//
//   [weekdays] [[year-]month-day] [hour:minute[:second]] [zone]
//   Mon..Fri *-*-* 09:00:00          0 9 * * mon-fri
//   *-*-1,15 04:00 Europe/Berlin     0 4 1,15 * *        in its zone
//   *:0/5:30                         30 0/5 * * * *      six fields, the first is the second
//   Mon *-*-1..7 09:00               both days must match: dow_mode = "and"
//   2027-01-02 03:04                 once: an instant
//
// Without equal: years that repeat, fractions of a second, and ~ (days from the end of a month).

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "imports/line_problem.h"

namespace takt::imports {

struct Calendar {
  std::string expression;           // of five fields, or six
  std::string zone;                 // empty: the machine's
  bool both_days = false;           // a day of the month and a weekday: both must match
  std::optional<int> year;          // once, in this year; the expression has one match in it
  std::optional<WallTime> instant;  // @SECONDS
};

/// Errors are to be put behind the expression: "has years, which have no equal ...".
std::expected<Calendar, LineProblem> parse_calendar(std::string_view text);

/// Two that differ in one field alone, as one that matches when either does.
std::optional<Calendar> merged(const Calendar& one, const Calendar& other);

}  // namespace takt::imports
