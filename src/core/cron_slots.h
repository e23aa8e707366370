#pragma once
// The slots of a cron schedule: its local times in a zone, and what DST does to them.
//
//   in a gap (local times that do not exist)
//     after   those up to 3 h are one slot at the first instant after the gap, or none when a slot
//             is there anyway
//     skip    they are no slots
//   in a repeated hour (local times that come twice)
//     first, second    a slot in that pass only
//     both             a slot in each
//
// A time of day that is meant once (CronFields::fixed_time) has after and first; anything else
// follows real time, skip and both. Worked cases: tests/vectors/cron_dst.tsv. Pure; any change of a
// zone's offset counts, whatever its cause.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/words.h"
#include "core/cron.h"
#include "core/zone.h"

namespace takt::core {

enum class DstGap : std::uint8_t { after, skip };
enum class DstOverlap : std::uint8_t { first, second, both };

/// A longer gap is no daylight saving (Samoa left out a whole day): nothing is run for it.
inline constexpr std::chrono::hours kGapMax{3};

struct CronRule {
  CronFields fields;
  DstGap gap = DstGap::skip;
  DstOverlap overlap = DstOverlap::both;
  std::shared_ptr<const Zone> zone = Zone::utc();

  /// Whether two rules have the same slots.
  friend bool operator==(const CronRule& a, const CronRule& b) {
    return a.fields == b.fields && a.gap == b.gap && a.overlap == b.overlap &&
           a.zone->fingerprint() == b.zone->fingerprint();
  }
};

/// The rule of an expression; what is not said about DST follows from its kind.
CronRule make_cron_rule(const CronFields& fields, std::shared_ptr<const Zone> zone,
                        std::optional<DstGap> gap = {}, std::optional<DstOverlap> overlap = {});

using Second = std::chrono::sys_seconds;

/// The first slot at or after `from`, within 400 years; nullopt: none.
std::optional<Second> cron_slot_from(const CronRule& rule, Second from);

/// The last slot of [from, until]; nullopt: none.
std::optional<Second> last_cron_slot(const CronRule& rule, Second from, Second until);

/// How many slots lie in [from, until]. By arithmetic: a year of seconds costs microseconds.
std::int64_t count_cron_slots(const CronRule& rule, Second from, Second until);

/// What DST did to a slot: "gap: 02:30 does not exist on this day", "repeated hour: first pass";
/// empty for all others.
std::string moved_by_dst(const CronRule& rule, Second slot);

/// A gap in which local times of the rule are lost, or moved to its end.
struct LostTimes {
  Second at;                         // the instant of the change
  std::chrono::local_seconds first;  // the first and the last of them, in local time
  std::chrono::local_seconds last;
  bool moved = false;  // they are one slot, at `at`
};
/// The next such gap with from <= at < until.
std::optional<LostTimes> next_lost_times(const CronRule& rule, Second from, Second until);

/// Longest time from one slot to the next, looked for in the years from `from` on: four at least,
/// up to 400 for schedules with few slots. nullopt: fewer than two slots.
std::optional<std::chrono::seconds> longest_cron_interval(const CronRule& rule, Second from);

/// Equal exactly when two rules have the same slots in any zone; the zone is not in it.
std::string cron_rule_fingerprint(const CronRule& rule);

}  // namespace takt::core

namespace takt {

template <>
inline constexpr std::array<std::string_view, 2> kWords<core::DstGap>{"after", "skip"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<core::DstOverlap>{"first", "second",
                                                                          "both"};

}  // namespace takt
