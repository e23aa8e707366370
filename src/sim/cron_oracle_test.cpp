// The law of cron: core's arithmetic finds exactly the slots that looking at every minute finds, forwards,
// backwards and by counting, in zones of all kinds and around their changes.

#include "sim/cron_oracle.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/time.h"
#include "fleet/timezone.h"

namespace takt::sim {
namespace {

using core::CronRule;
using core::Second;
using std::chrono::seconds;

constexpr std::array kZones{"UTC",
                            "America/New_York",
                            "Australia/Lord_Howe",
                            "Europe/Dublin",
                            "Pacific/Apia",
                            "Africa/Cairo",
                            "America/Santiago",
                            "Asia/Gaza",
                            "America/Nuuk",
                            "Africa/Casablanca",
                            "Europe/Moscow",
                            "Asia/Kathmandu",
                            "Asia/Pyongyang",
                            "Pacific/Kwajalein",
                            "Antarctica/Troll",
                            "America/Caracas"};

const std::shared_ptr<const core::Zone>& zone_of(std::size_t index) {
  static fleet::Zones zones;
  return zones.find(kZones[index]).value();
}

int number(int least, int most) { return *rc::gen::inRange(least, most + 1); }

std::string field(int least, int most) {
  switch (number(0, 5)) {
    case 0:
    case 1:
      return "*";
    case 2:
      return fmt::format("*/{}", number(1, most - least + 1));
    case 3:
      return fmt::format("{}-{}", number(least, most), number(least, most));
    case 4:
      return fmt::format("{},{}", number(least, most), number(least, most));
    default:
      return fmt::format("{}", number(least, most));
  }
}

/// Hours around midnight and the small hours, where zones change, are drawn more often.
std::string expression() {
  std::string text = number(0, 9) == 0 ? field(0, 59) + " " : "";
  text += field(0, 59) + " " + field(0, number(0, 2) == 0 ? 23 : 4) + " ";
  text += number(0, 2) != 0 ? "*" : field(1, 31);
  text += number(0, 2) != 0 ? " *" : " " + field(1, 12);
  return text + (number(0, 2) != 0 ? " *" : " " + field(0, 7));
}

template <class E>
std::optional<E> maybe(int count) {
  const int drawn = number(-2 * count, count - 1);
  return drawn < 0 ? std::nullopt : std::optional{static_cast<E>(drawn)};
}

/// An instant within two days before a change of the zone, if it has any that the calendar of today
/// knows.
Second near_a_change(const core::Zone& zone) {
  std::vector<Second> changes;
  for (const core::ZoneChange& change : zone.changes()) {
    const bool is_modern = change.at > Second{seconds{100'000'000}};
    if (is_modern && change.at < Second{seconds{6'000'000'000}}) changes.push_back(change.at);
  }
  if (changes.empty()) return Second{seconds{number(1'500'000'000, 2'000'000'000)}};
  return changes[static_cast<std::size_t>(number(0, static_cast<int>(changes.size()) - 1))];
}

RC_GTEST_PROP(CronOracle, ArithmeticFindsWhatLookingAtEveryMinuteFinds, ()) {
  const auto& zone = zone_of(static_cast<std::size_t>(number(0, kZones.size() - 1)));
  const std::string text = expression();
  const auto fields = core::parse_cron(
      text, "job", number(0, 3) == 0 ? core::DayMode::both : core::DayMode::either);
  RC_PRE(fields.has_value());
  const CronRule rule =
      core::make_cron_rule(*fields, zone, maybe<core::DstGap>(2), maybe<core::DstOverlap>(3));
  const bool has_seconds = fields->seconds != 1;
  const Second from = near_a_change(*zone) - seconds{number(0, has_seconds ? 6'000 : 100'000)};
  const Second until = from + seconds{has_seconds ? 9'000 : 2 * 86'400};

  std::vector<Second> looked;
  for (auto at = next_by_hand(rule, from - seconds{1}, until); at;
       at = next_by_hand(rule, *at, until)) {
    looked.push_back(*at);
  }
  std::vector<Second> forwards;
  for (auto at = core::cron_slot_from(rule, from); at && *at <= until;
       at = core::cron_slot_from(rule, *at + seconds{1})) {
    forwards.push_back(*at);
  }
  std::vector<Second> backwards;
  for (auto at = core::last_cron_slot(rule, from, until); at;
       at = core::last_cron_slot(rule, from, *at - seconds{1})) {
    backwards.push_back(*at);
  }
  std::ranges::reverse(backwards);
  RC_LOG() << text << " in " << zone->name() << " from " << format_rfc3339(from);
  RC_ASSERT(forwards == looked);
  RC_ASSERT(backwards == looked);
  RC_ASSERT(core::count_cron_slots(rule, from, until) == std::ssize(looked));
}

}  // namespace
}  // namespace takt::sim
