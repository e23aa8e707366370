#include "sim/cron_oracle.h"

#include <chrono>

namespace takt::sim {
namespace {

using core::CronFields;
using core::CronRule;
using core::DstGap;
using core::DstOverlap;
using core::Second;
using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::local_seconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// No zone has ever repeated or left out more than a day.
constexpr hours kChangeMax{26};

bool has(std::uint64_t set, std::int64_t value) { return (set >> value & 1U) != 0; }

bool day_matches(const CronFields& f, std::chrono::local_days day) {
  const std::chrono::year_month_day date{day};
  const bool by_date = has(f.days, static_cast<unsigned>(date.day()));
  const bool by_weekday = has(f.weekdays, std::chrono::weekday{day}.c_encoding());
  if (!has(f.months, static_cast<unsigned>(date.month()))) return false;
  const bool both_restricted = f.days_restricted && f.weekdays_restricted;
  return both_restricted && f.day_mode == core::DayMode::either ? by_date || by_weekday
                                                                : by_date && by_weekday;
}

bool time_matches(const CronFields& f, local_seconds at) {
  const auto day = floor<days>(at);
  const std::chrono::hh_mm_ss time{at - day};
  return has(f.hours, time.hours().count()) && has(f.minutes, time.minutes().count()) &&
         has(f.seconds, time.seconds().count()) && day_matches(f, day);
}

/// What the clock shows at `at`.
local_seconds shown(const CronRule& rule, Second at) {
  return local_seconds{at.time_since_epoch() + rule.zone->offset_at(at)};
}

/// Whether the clock showed the same before / will show it again.
bool shown_before(const CronRule& rule, Second at, bool later) {
  const local_seconds now = shown(rule, at);
  for (const core::ZoneChange& change : rule.zone->changes()) {
    const bool near = later ? change.at > at && change.at <= at + kChangeMax
                            : change.at <= at && change.at > at - kChangeMax;
    if (!near) continue;
    // On the other side of the change the offset was another one: where does it show this time?
    const Second beside = later ? change.at : change.at - seconds{1};
    const Second twin{now.time_since_epoch() - rule.zone->offset_at(beside)};
    const bool is_beside = later ? twin >= change.at : twin < change.at;
    if (is_beside && shown(rule, twin) == now) return true;
  }
  return false;
}

/// Whether the clock skipped a matching time of day right before `at`.
bool ends_a_gap_with_matches(const CronRule& rule, Second at) {
  const seconds step = rule.fields.seconds == 1 ? seconds{minutes{1}} : seconds{1};
  const local_seconds before = shown(rule, at - seconds{1}) + seconds{1};
  const local_seconds now = shown(rule, at);
  if (now <= before || now - before > core::kGapMax) return false;
  for (local_seconds lost = before; lost < now; lost += step) {
    if (time_matches(rule.fields, lost)) return true;
  }
  return false;
}

}  // namespace

bool is_cron_slot(const CronRule& rule, Second at) {
  if (time_matches(rule.fields, shown(rule, at))) {
    switch (rule.overlap) {
      case DstOverlap::first:
        if (!shown_before(rule, at, false)) return true;
        break;
      case DstOverlap::second:
        if (!shown_before(rule, at, true)) return true;
        break;
      case DstOverlap::both:
        return true;
    }
  }
  return rule.gap == DstGap::after && ends_a_gap_with_matches(rule, at);
}

std::optional<Second> next_by_hand(const CronRule& rule, Second after, Second until) {
  // Zones change on whole minutes, so a minute none of whose seconds could be one is passed over.
  CronRule any_second = rule;
  any_second.fields.seconds = (std::uint64_t{1} << 60U) - 1;
  for (Second minute = floor<minutes>(after); minute <= until; minute += minutes{1}) {
    if (!is_cron_slot(any_second, minute)) continue;
    for (Second at = minute; at < minute + minutes{1}; at += seconds{1}) {
      if (at > after && at <= until && is_cron_slot(rule, at)) return at;
    }
  }
  return std::nullopt;
}

}  // namespace takt::sim
