#include "imports/timer_schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>

#include "core/cron_slots.h"
#include "fleet/quote.h"
#include "imports/calendar.h"
#include "imports/time_span.h"

namespace takt::imports {
namespace {

constexpr std::string_view kTimer = "Timer";
constexpr std::array<std::string_view, 6> kTriggers{"OnCalendar",      "OnActiveSec",
                                                    "OnBootSec",       "OnStartupSec",
                                                    "OnUnitActiveSec", "OnUnitInactiveSec"};
/// Read elsewhere, or without meaning to takt.
constexpr std::array<std::string_view, 7> kKnown{"Unit",
                                                 "Persistent",
                                                 "RandomizedDelaySec",
                                                 "RandomizedOffsetSec",
                                                 "FixedRandomDelay",
                                                 "RemainAfterElapse",
                                                 "AccuracySec"};

/// What the triggers of a timer say. An empty one of them takes all back.
struct Triggers {
  std::vector<const Setting*> calendars;
  std::optional<Duration> first;  // from the boot or the timer's start
  std::string first_key;
  std::optional<Duration> active;
  std::optional<Duration> inactive;
  bool any() const { return !calendars.empty() || first || active || inactive; }
};

class Timer {
 public:
  Timer(const Unit& unit, const std::string& machine_zone, fleet::Zones& zones,
        fleet::Complaints& complaints)
      : unit_(unit), machine_zone_(machine_zone), zones_(zones), complaints_(complaints) {}

  std::vector<TimerSchedule> read() {
    collect();
    add_calendars();
    add_intervals();
    if (schedules_.empty()) schedules_.emplace_back();
    auto& first = schedules_.front();
    if (!triggers_.any()) first.remarks.emplace_back("the timer has no time at all: by hand only");
    if (schedules_.size() > 1) {
      first.remarks.push_back(
          fmt::format("the timer has {} schedules: a job for each, and takt does "
                      "not keep them from running at once",
                      schedules_.size()));
    }
    first.remarks.insert(first.remarks.end(), remarks_.begin(), remarks_.end());
    return std::move(schedules_);
  }

 private:
  void collect() {
    for (const auto& setting : unit_.settings) {
      if (setting.section != kTimer) continue;
      if (std::ranges::find(kTriggers, setting.key) != kTriggers.end()) {
        take_trigger(setting);
      } else if (std::ranges::find(kKnown, setting.key) == kKnown.end() && !setting.value.empty()) {
        remarks_.push_back(fmt::format("{}={} has no equal", setting.key, setting.value));
      }
    }
    if (const auto* accuracy = unit_.last(kTimer, "AccuracySec")) {
      remarks_.push_back(fmt::format("AccuracySec={}: takt starts runs on time", accuracy->value));
    }
  }

  void take_trigger(const Setting& setting) {
    if (setting.value.empty()) {
      triggers_ = {};
      return;
    }
    if (setting.key == "OnCalendar") {
      triggers_.calendars.push_back(&setting);
      return;
    }
    const auto span = parse_time_span(setting.value);
    if (!span) {
      return leave_out(setting, "is no time span", "systemd-analyze timespan tries one");
    }
    auto& place = setting.key == "OnUnitActiveSec"     ? triggers_.active
                  : setting.key == "OnUnitInactiveSec" ? triggers_.inactive
                                                       : triggers_.first;
    if (&place != &triggers_.first && *span <= Duration{0}) {
      return leave_out(setting, "is no interval", "");
    }
    if (place) {  // whichever comes first starts it
      remarks_.push_back(fmt::format("of several {} the shortest counts", setting.key));
      place = std::min(*place, *span);
    } else {
      place = *span;
    }
    if (&place == &triggers_.first) triggers_.first_key = setting.key;
  }

  void leave_out(const Setting& setting, std::string_view why, std::string hint) {
    complaints_.warning(
        setting.at,
        fmt::format("not imported: {}={} {}", setting.key, fleet::quote_value(setting.value), why),
        std::move(hint));
    remarks_.push_back(fmt::format("not imported: {}={} {}", setting.key, setting.value, why));
  }

  // --- by the calendar ------------------------------------------------------------------------

  void add_calendars() {
    std::vector<Calendar> calendars;
    for (const auto* setting : triggers_.calendars) {
      auto calendar = parse_calendar(setting->value);
      if (!calendar) {
        leave_out(*setting, calendar.error().message, calendar.error().hint);
      } else if (const auto& zone = zones_.find(zone_of(*calendar)); !zone) {
        leave_out(*setting, "has a time zone that is not known here", zone.error().hint);
      } else {
        add_merged(calendars, std::move(*calendar));
      }
    }
    for (const auto& calendar : calendars) add_calendar(calendar);
  }

  const std::string& zone_of(const Calendar& calendar) const {
    return calendar.zone.empty() ? machine_zone_ : calendar.zone;
  }

  static void add_merged(std::vector<Calendar>& calendars, Calendar calendar) {
    for (auto& earlier : calendars) {
      if (auto sum = merged(earlier, calendar)) {
        earlier = std::move(*sum);
        return;
      }
    }
    calendars.push_back(std::move(calendar));
  }

  void add_calendar(const Calendar& calendar) {
    TimerSchedule schedule;
    if (calendar.instant || calendar.year) {
      add_instant(calendar, schedule);
    } else {
      schedule.keys.push_back({"cron", toml_string(calendar.expression), ""});
      if (calendar.both_days) schedule.keys.push_back({"dow_mode", toml_string("and"), ""});
      if (!calendar.zone.empty()) {
        schedule.keys.push_back({"timezone", toml_string(calendar.zone), ""});
      }
    }
    const auto* persistent = unit_.last(kTimer, "Persistent");
    const bool catches_up = persistent != nullptr && is_yes(persistent->value);
    schedule.keys.push_back({"catchup", toml_string(catches_up ? "latest" : "none"),
                             catches_up ? "Persistent=" : "without Persistent="});
    add_delay(schedule);
    schedules_.push_back(std::move(schedule));
  }

  void add_instant(const Calendar& calendar, TimerSchedule& schedule) {
    const auto at = calendar.instant ? calendar.instant : instant_of(calendar);
    if (at && *at >= WallTime{core::kFirstPlausible}) {
      schedule.keys.push_back({"at", toml_string(format_rfc3339(*at)), ""});
    } else {
      schedule.remarks.emplace_back("its one time never comes, or lies long ago");
    }
  }

  /// The one match in the year of the calendar.
  std::optional<WallTime> instant_of(const Calendar& calendar) {
    const auto fields = core::parse_cron(calendar.expression, "", core::DayMode::both);
    const auto& zone = zones_.find(zone_of(calendar));
    if (!fields || !zone) return std::nullopt;
    const auto rule = core::make_cron_rule(*fields, *zone);
    const auto begin = std::chrono::local_days{std::chrono::year{*calendar.year} / 1 / 1};
    const core::Second around{begin.time_since_epoch() - std::chrono::hours{48}};
    for (auto slot = core::cron_slot_from(rule, around); slot;
         slot = core::cron_slot_from(rule, *slot + std::chrono::seconds{1})) {
      const auto local = *slot + rule.zone->offset_at(*slot);
      const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(local)};
      if (int{day.year()} > *calendar.year) break;
      if (int{day.year()} == *calendar.year) return WallTime{slot->time_since_epoch()};
    }
    return std::nullopt;
  }

  void add_delay(TimerSchedule& schedule) {
    for (const auto* key : {"RandomizedDelaySec", "RandomizedOffsetSec"}) {
      const auto* delay = unit_.last(kTimer, key);
      if (delay == nullptr) continue;
      const auto span = parse_time_span(delay->value);
      if (!span) {
        leave_out(*delay, "is no time span", "systemd-analyze timespan tries one");
        continue;
      }
      if (*span <= Duration{0}) continue;
      const auto* fixed = unit_.last(kTimer, "FixedRandomDelay");
      const bool stable = (fixed != nullptr && is_yes(fixed->value)) || key[10] == 'O';
      schedule.keys.push_back({"jitter", toml_string(format_duration(*span)),
                               stable ? "" : "drawn once from the name, not anew each time"});
      return;
    }
  }

  // --- by intervals ---------------------------------------------------------------------------

  void add_intervals() {
    const auto& [calendars, first, first_key, active, inactive] = triggers_;
    if (!first && !active && !inactive) return;
    TimerSchedule schedule;
    if (active) {
      schedule.keys.push_back({"every", toml_string(format_duration(*active)), ""});
      const auto offset = first.value_or(Duration{0});
      schedule.keys.push_back({"offset", toml_string(format_duration(offset)),
                               first ? first_key + "=, counted from the first start of the fleet"
                                     : "\"auto\" lets takt choose the phase"});
      if (inactive)
        schedule.remarks.emplace_back("OnUnitInactiveSec beside OnUnitActiveSec has no equal");
    } else if (inactive) {
      schedule.keys.push_back({"after", toml_string(format_duration(*inactive)), ""});
      if (first)
        schedule.remarks.push_back(first_key + " has no equal here: `after` starts at once");
    } else {
      schedule.remarks.push_back(fmt::format(
          "{}={} alone, once after a boot, has no equal: by hand, or by what starts takt",
          first_key, format_duration(*first)));
    }
    if (!schedule.keys.empty()) add_delay(schedule);
    schedules_.push_back(std::move(schedule));
  }

  const Unit& unit_;
  const std::string& machine_zone_;
  fleet::Zones& zones_;
  fleet::Complaints& complaints_;
  Triggers triggers_;
  std::vector<TimerSchedule> schedules_;
  std::vector<std::string> remarks_;
};

}  // namespace

std::vector<TimerSchedule> timer_schedules(const Unit& timer, const std::string& machine_zone,
                                           fleet::Zones& zones, fleet::Complaints& complaints) {
  return Timer{timer, machine_zone, zones, complaints}.read();
}

}  // namespace takt::imports
