#include "core/cron_calendar.h"

#include <algorithm>
#include <bit>

namespace takt::core {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::months;
using std::chrono::seconds;
using std::chrono::year_month;
using std::chrono::year_month_day;

using Bits = std::uint64_t;

Bits at_or_above(Bits set, unsigned value) { return value > 63 ? 0 : set & (~Bits{0} << value); }
Bits below(Bits set, unsigned value) { return value > 63 ? set : set & ~(~Bits{0} << value); }
unsigned lowest(Bits set) { return static_cast<unsigned>(std::countr_zero(set)); }
unsigned highest(Bits set) { return 63U - static_cast<unsigned>(std::countl_zero(set)); }
std::int64_t size(Bits set) { return std::popcount(set); }

/// A time of day taken apart.
struct Clock {
  unsigned hour;
  unsigned minute;
  unsigned second;
  explicit Clock(seconds of_day)
      : hour(static_cast<unsigned>(of_day / hours{1})),
        minute(static_cast<unsigned>(of_day % hours{1} / minutes{1})),
        second(static_cast<unsigned>(of_day % minutes{1} / seconds{1})) {}
};

seconds time_of(unsigned hour, unsigned minute, unsigned second) {
  return hours{hour} + minutes{minute} + seconds{second};
}

/// The first matching time of day that is not before `from`, which may be 24:00.
std::optional<seconds> first_time(const CronFields& f, seconds from) {
  const Clock c{from};
  if (Bits{f.hours} >> c.hour & 1U) {
    if (f.minutes >> c.minute & 1U) {
      if (const Bits s = at_or_above(f.seconds, c.second)) {
        return time_of(c.hour, c.minute, lowest(s));
      }
    }
    if (const Bits m = at_or_above(f.minutes, c.minute + 1)) {
      return time_of(c.hour, lowest(m), lowest(f.seconds));
    }
  }
  if (const Bits h = at_or_above(f.hours, c.hour + 1)) {
    return time_of(lowest(h), lowest(f.minutes), lowest(f.seconds));
  }
  return std::nullopt;
}

/// The last matching time of day before `until`.
std::optional<seconds> last_time(const CronFields& f, seconds until) {
  const Clock c{until};
  if (Bits{f.hours} >> c.hour & 1U) {
    if (f.minutes >> c.minute & 1U) {
      if (const Bits s = below(f.seconds, c.second)) return time_of(c.hour, c.minute, highest(s));
    }
    if (const Bits m = below(f.minutes, c.minute)) {
      return time_of(c.hour, highest(m), highest(f.seconds));
    }
  }
  if (const Bits h = below(f.hours, c.hour)) {
    return time_of(highest(h), highest(f.minutes), highest(f.seconds));
  }
  return std::nullopt;
}

/// Matching times of day before `until`.
std::int64_t count_times(const CronFields& f, seconds until) {
  const Clock c{until};
  const std::int64_t per_minute = size(f.seconds);
  const std::int64_t per_hour = size(f.minutes) * per_minute;
  std::int64_t count = size(below(f.hours, c.hour)) * per_hour;
  if ((Bits{f.hours} >> c.hour & 1U) == 0) return count;
  count += size(below(f.minutes, c.minute)) * per_minute;
  if ((f.minutes >> c.minute & 1U) == 0) return count;
  return count + size(below(f.seconds, c.second));
}

/// The matching days of a month as bits 1..31.
Bits days_of(const CronFields& f, year_month month) {
  if ((f.months >> static_cast<unsigned>(month.month()) & 1U) == 0) return 0;
  const unsigned length = static_cast<unsigned>((month / std::chrono::last).day());
  const Bits there = below(~Bits{1}, length + 1);
  const unsigned begins_on = std::chrono::weekday{local_days{month / 1}}.c_encoding();
  Bits weeks = 0;
  for (unsigned week = 0; week < 6; ++week) weeks |= Bits{f.weekdays} << (7 * week);
  const Bits by_weekday = weeks >> begins_on << 1U;
  return there & (f.days_add_up() ? f.days | by_weekday : f.days & by_weekday);
}

year_month month_of(local_days day) {
  const year_month_day date{day};
  return date.year() / date.month();
}

unsigned day_of(local_days day) { return static_cast<unsigned>(year_month_day{day}.day()); }

local_days date_of(year_month month, unsigned day) {
  return local_days{month / std::chrono::day{day}};
}

/// The next month in which anything matches; one beyond `last` where there is none.
year_month month_after(const CronFields& f, year_month month, year_month last) {
  do {
    month += months{1};
  } while (month <= last && (f.months >> static_cast<unsigned>(month.month()) & 1U) == 0);
  return month;
}

year_month month_before(const CronFields& f, year_month month, year_month first) {
  do {
    month -= months{1};
  } while (month >= first && (f.months >> static_cast<unsigned>(month.month()) & 1U) == 0);
  return month;
}

}  // namespace

std::optional<LocalTime> first_match(const CronFields& f, LocalTime from, LocalTime until) {
  if (from >= until) return std::nullopt;
  const auto today = floor<days>(from);
  const auto in_range = [&](LocalTime at) { return at < until ? std::optional{at} : std::nullopt; };
  const year_month last = month_of(floor<days>(until - seconds{1}));
  year_month month = month_of(today);
  Bits set = days_of(f, month);
  if (set >> day_of(today) & 1U) {
    if (const auto time = first_time(f, from - today)) return in_range(today + *time);
  }
  set = at_or_above(set, day_of(today) + 1);
  while (set == 0) {
    month = month_after(f, month, last);
    if (month > last) return std::nullopt;
    set = days_of(f, month);
  }
  return in_range(date_of(month, lowest(set)) + times_of_day(f).first);
}

std::optional<LocalTime> last_match(const CronFields& f, LocalTime from, LocalTime until) {
  if (from >= until) return std::nullopt;
  const auto today = floor<days>(until);
  const auto in_range = [&](LocalTime at) { return at >= from ? std::optional{at} : std::nullopt; };
  const year_month first = month_of(floor<days>(from));
  year_month month = month_of(today);
  Bits set = days_of(f, month);
  if (set >> day_of(today) & 1U) {
    if (const auto time = last_time(f, until - today)) return in_range(today + *time);
  }
  set = below(set, day_of(today));
  while (set == 0) {
    month = month_before(f, month, first);
    if (month < first) return std::nullopt;
    set = days_of(f, month);
  }
  return in_range(date_of(month, highest(set)) + times_of_day(f).last);
}

std::int64_t count_matches(const CronFields& f, LocalTime from, LocalTime until) {
  if (from >= until) return 0;
  // Days from that of `from` to the one before that of `until`, whole; then the two partial ones.
  const auto first = floor<days>(from);
  const auto last = floor<days>(until);
  const auto has = [&](local_days day) { return days_of(f, month_of(day)) >> day_of(day) & 1U; };
  std::int64_t whole_days = 0;
  const year_month last_month = month_of(last);
  for (year_month month = month_of(first); month <= last_month;
       month = month_after(f, month, last_month)) {
    Bits set = days_of(f, month);
    if (month == month_of(first)) set = at_or_above(set, day_of(first));
    if (month == last_month) set = below(set, day_of(last));
    whole_days += size(set);
  }
  std::int64_t count = whole_days * count_times(f, hours{24});
  if (has(first)) count -= count_times(f, from - first);
  if (has(last)) count += count_times(f, until - last);
  return count;
}

bool matches(const CronFields& f, LocalTime at) {
  return first_match(f, at, at + seconds{1}).has_value();
}

TimesOfDay times_of_day(const CronFields& f) {
  const auto widest = [](Bits set, seconds unit, seconds first, seconds last) {
    seconds gap{0};
    for (Bits rest = set; std::popcount(rest) > 1;) {
      const unsigned here = lowest(rest);
      rest &= rest - 1;
      gap = std::max(gap, (lowest(rest) - here) * unit - last + first);
    }
    return gap;
  };
  const seconds second_first{lowest(f.seconds)};
  const seconds second_last{highest(f.seconds)};
  const seconds minute_first = minutes{lowest(f.minutes)} + second_first;
  const seconds minute_last = minutes{highest(f.minutes)} + second_last;
  const seconds gap = std::max({widest(f.seconds, seconds{1}, seconds{0}, seconds{0}),
                                widest(f.minutes, minutes{1}, second_first, second_last),
                                widest(f.hours, hours{1}, minute_first, minute_last)});
  return {hours{lowest(f.hours)} + minute_first, hours{highest(f.hours)} + minute_last, gap};
}

}  // namespace takt::core
