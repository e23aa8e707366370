// Cron expressions: any text is fields or an error at a place within it. Any fields have slots that go
// forward and are counted alike by every function that looks at them, in zones that do the worst.
//
// Input: one byte of choices, then the expression.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/cron.h"
#include "core/cron_slots.h"

namespace {

using namespace std::chrono_literals;
using takt::core::Second;
using takt::core::Zone;
using takt::core::ZoneChange;

void demand(bool holds) {
  if (!holds) std::abort();
}

constexpr Second kStart = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};

/// An hour forward and back, twice a year, for twenty years.
std::vector<ZoneChange> summer_time(std::chrono::seconds by) {
  std::vector<ZoneChange> changes;
  for (int half = 0; half < 40; ++half) {
    changes.push_back({kStart + half * 182 * 24h + 90 * 24h + 2h, half % 2 == 0 ? by : 0s});
  }
  return changes;
}

std::shared_ptr<const Zone> zone(unsigned choice) {
  static const std::array zones{
      Zone::utc(), std::make_shared<const Zone>("hour", 0s, summer_time(1h)),
      std::make_shared<const Zone>("half", 0s, summer_time(30min)),
      // A day that never was, and a change that is over before the next hour.
      std::make_shared<const Zone>(
          "odd", -10h,
          std::vector<ZoneChange>{
              {kStart + 24h, 14h}, {kStart + 48h, 13h}, {kStart + 48h + 20min, 14h}})};
  return zones[choice % zones.size()];
}

void check_slots(const takt::core::CronRule& rule, Second from) {
  const auto first = cron_slot_from(rule, from);
  if (!first) return;
  demand(*first >= from);
  demand(cron_slot_from(rule, *first) == first);
  static_cast<void>(moved_by_dst(rule, *first));
  static_cast<void>(next_lost_times(rule, from, from + 400 * 24h));
  const auto second = cron_slot_from(rule, *first + 1s);
  if (!second) return;
  demand(*second > *first);
  demand(last_cron_slot(rule, from, *second - 1s) == first);
  demand(last_cron_slot(rule, from, *second) == second);
  demand(count_cron_slots(rule, from, *second) == 2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return -1;
  const unsigned choices = data[0];
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto mode = (choices & 1U) != 0 ? takt::core::DayMode::both : takt::core::DayMode::either;
  const auto fields = takt::core::parse_cron(text, "posting", mode);
  if (!fields) {
    demand(fields.error().offset <= text.size());
    demand(!fields.error().message.empty());
    return 0;
  }
  static_cast<void>(cron_fingerprint(*fields));
  std::optional<takt::core::DstGap> gap;
  std::optional<takt::core::DstOverlap> overlap;
  if ((choices & 2U) != 0) gap = static_cast<takt::core::DstGap>((choices >> 2U) % 2);
  if ((choices & 8U) != 0) overlap = static_cast<takt::core::DstOverlap>((choices >> 4U) % 3);
  const auto rule = make_cron_rule(*fields, zone(choices >> 6U), gap, overlap);
  check_slots(rule, kStart);
  check_slots(rule, kStart + 271 * 24h);
  static_cast<void>(longest_cron_interval(rule, kStart));
  return 0;
}
