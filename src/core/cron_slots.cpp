#include "core/cron_slots.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/cron_calendar.h"

namespace takt::core {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::seconds;

constexpr seconds kOne{1};
constexpr days kHorizon{146'097 + 1};  // the calendar repeats after 400 years
constexpr int kIntervalSteps = 1'500;
constexpr int kStepsADay = 200;

LocalTime local(Second at, seconds offset) { return LocalTime{at.time_since_epoch() + offset}; }
Second utc(LocalTime at, seconds offset) { return Second{at.time_since_epoch() - offset}; }

/// What of a stretch of the zone has slots: local times [first, end), and the end of the gap before
/// it when times were lost in there.
struct Part {
  ZoneStretch stretch;
  LocalTime first;
  LocalTime end;
  std::optional<Second> after_gap;
};

/// The offset before stretch `index`, which is not the first.
seconds offset_before(const Zone& zone, std::size_t index) {
  return zone.stretch(index - 1).offset;
}

bool begins_with_gap(const Zone& zone, std::size_t index) {
  return index > 0 && zone.stretch(index).offset > offset_before(zone, index);
}

/// The local times of the rule that the gap before stretch `index` leaves out.
std::optional<LocalTime> first_lost(const CronRule& rule, std::size_t index) {
  const ZoneStretch here = rule.zone->stretch(index);
  return first_match(rule.fields, local(here.begin, offset_before(*rule.zone, index)),
                     local(here.begin, here.offset));
}

bool moves_lost_times(const CronRule& rule, std::size_t index) {
  if (rule.gap == DstGap::skip || !begins_with_gap(*rule.zone, index)) return false;
  const seconds size = rule.zone->stretch(index).offset - offset_before(*rule.zone, index);
  return size <= kGapMax;
}

Part part_of(const CronRule& rule, std::size_t index) {
  const Zone& zone = *rule.zone;
  Part part;
  part.stretch = zone.stretch(index);
  const seconds offset = part.stretch.offset;
  part.first = local(part.stretch.begin, offset);
  part.end = local(part.stretch.end, offset);
  if (rule.overlap == DstOverlap::first && index > 0) {
    part.first = std::max(part.first, local(part.stretch.begin, offset_before(zone, index)));
  }
  if (rule.overlap == DstOverlap::second && index < zone.last_stretch()) {
    part.end = std::min(part.end, local(part.stretch.end, zone.stretch(index + 1).offset));
  }
  if (moves_lost_times(rule, index) && first_lost(rule, index) &&
      !matches(rule.fields, local(part.stretch.begin, offset))) {
    part.after_gap = part.stretch.begin;
  }
  return part;
}

std::optional<Second> first_in(const CronRule& rule, const Part& part, Second from) {
  if (part.after_gap && *part.after_gap >= from) return part.after_gap;
  const seconds offset = part.stretch.offset;
  const auto found = first_match(rule.fields, std::max(part.first, local(from, offset)), part.end);
  return found ? std::optional{utc(*found, offset)} : std::nullopt;
}

std::optional<Second> last_in(const CronRule& rule, const Part& part, Second until) {
  const seconds offset = part.stretch.offset;
  const auto found =
      last_match(rule.fields, part.first, std::min(part.end, local(until + kOne, offset)));
  if (found) return utc(*found, offset);
  return part.after_gap && *part.after_gap <= until ? part.after_gap : std::nullopt;
}

std::int64_t count_in(const CronRule& rule, const Part& part, Second from, Second until) {
  const seconds offset = part.stretch.offset;
  const bool moved = part.after_gap && *part.after_gap >= from && *part.after_gap <= until;
  return (moved ? 1 : 0) + count_matches(rule.fields, std::max(part.first, local(from, offset)),
                                         std::min(part.end, local(until + kOne, offset)));
}

std::string clock_text(LocalTime at) {
  const std::chrono::hh_mm_ss time{at - floor<days>(at)};
  const auto h = time.hours().count();
  const auto m = time.minutes().count();
  const auto s = time.seconds().count();
  return s == 0 ? fmt::format("{:02}:{:02}", h, m) : fmt::format("{:02}:{:02}:{:02}", h, m, s);
}

/// The last slot of the local day of `slot`; the slot itself on a day on which the offset changes
/// and that has too many slots to look at one by one.
Second end_of_day(const CronRule& rule, Second slot) {
  const ZoneStretch here = rule.zone->stretch(rule.zone->stretch_at(slot));
  const auto midnight = floor<days>(local(slot, here.offset)) + days{1};
  const Second end = utc(midnight, here.offset) - kOne;
  return end < here.end ? last_cron_slot(rule, slot, end).value_or(slot) : slot;
}

}  // namespace

CronRule make_cron_rule(const CronFields& fields, std::shared_ptr<const Zone> zone,
                        std::optional<DstGap> gap, std::optional<DstOverlap> overlap) {
  const bool once = fields.fixed_time;
  return {fields, gap.value_or(once ? DstGap::after : DstGap::skip),
          overlap.value_or(once ? DstOverlap::first : DstOverlap::both), std::move(zone)};
}

std::optional<Second> cron_slot_from(const CronRule& rule, Second from) {
  from = std::clamp(from, kFirstSecond, kLastSecond);
  const Second horizon = from + kHorizon;
  for (std::size_t i = rule.zone->stretch_at(from); i <= rule.zone->last_stretch(); ++i) {
    const Part part = part_of(rule, i);
    if (part.stretch.begin > horizon) return std::nullopt;
    if (const auto found = first_in(rule, part, from)) return found;
  }
  return std::nullopt;
}

std::optional<Second> last_cron_slot(const CronRule& rule, Second from, Second until) {
  from = std::clamp(from, kFirstSecond, kLastSecond);
  until = std::clamp(until, kFirstSecond, kLastSecond);
  for (std::size_t i = rule.zone->stretch_at(until);; --i) {
    const Part part = part_of(rule, i);
    const auto found = last_in(rule, part, until);
    if (found) return *found >= from ? found : std::nullopt;
    if (i == 0 || part.stretch.begin < from) return std::nullopt;
  }
}

std::int64_t count_cron_slots(const CronRule& rule, Second from, Second until) {
  from = std::clamp(from, kFirstSecond, kLastSecond);
  until = std::clamp(until, kFirstSecond, kLastSecond);
  std::int64_t count = 0;
  for (std::size_t i = rule.zone->stretch_at(from); i <= rule.zone->last_stretch(); ++i) {
    const Part part = part_of(rule, i);
    if (part.stretch.begin > until) break;
    count += count_in(rule, part, from, until);
  }
  return count;
}

std::string moved_by_dst(const CronRule& rule, Second slot) {
  const Zone& zone = *rule.zone;
  const std::size_t index = zone.stretch_at(slot);
  const Part part = part_of(rule, index);
  if (part.after_gap == slot) {
    return fmt::format("gap: {} does not exist on this day",
                       clock_text(first_lost(rule, index).value_or(LocalTime{})));
  }
  const LocalTime at = local(slot, part.stretch.offset);
  const bool again =
      index < zone.last_stretch() && at >= local(part.stretch.end, zone.stretch(index + 1).offset);
  if (again) return "repeated hour: first pass";
  const bool before = index > 0 && at < local(part.stretch.begin, offset_before(zone, index));
  return before ? "repeated hour: second pass" : "";
}

std::optional<LostTimes> next_lost_times(const CronRule& rule, Second from, Second until) {
  const Zone& zone = *rule.zone;
  for (std::size_t i = zone.stretch_at(from); i <= zone.last_stretch(); ++i) {
    const ZoneStretch here = zone.stretch(i);
    if (here.begin >= until) break;
    if (here.begin < from || !begins_with_gap(zone, i)) continue;
    const auto first = first_lost(rule, i);
    if (!first) continue;
    const auto last = last_match(rule.fields, *first, local(here.begin, here.offset));
    return LostTimes{here.begin, *first, last.value_or(*first), moves_lost_times(rule, i)};
  }
  return std::nullopt;
}

std::optional<seconds> longest_cron_interval(const CronRule& rule, Second from) {
  auto slot = cron_slot_from(rule, from);
  if (!slot) return std::nullopt;
  seconds longest{0};
  const seconds within_a_day = times_of_day(rule.fields).longest_gap;
  int steps_today = 0;
  for (int step = 0; step < kIntervalSteps; ++step) {
    const Second last = end_of_day(rule, *slot);
    if (last > *slot) longest = std::max(longest, within_a_day);
    const auto next = cron_slot_from(rule, last + kOne);
    if (!next) break;
    longest = std::max(longest, *next - last);
    // On a day that the offset changes in, slots are taken one by one, and are no steps of their own.
    const bool same_day = last == *slot && *next - *slot < days{1};
    steps_today = same_day ? steps_today + 1 : 0;
    if (same_day && steps_today < kStepsADay) step -= 1;
    slot = next;
  }
  return longest > seconds{0} ? std::optional{longest} : std::nullopt;
}

std::string cron_rule_fingerprint(const CronRule& rule) {
  return fmt::format("{} gap {} overlap {}", cron_fingerprint(rule.fields), word(rule.gap),
                     word(rule.overlap));
}

}  // namespace takt::core
