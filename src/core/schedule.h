#pragma once
// Schedule arithmetic: which instants are slots. Pure; the coordinator, the checker's oracle and
// `next` all ask here.
//
//   every = "5m", offset = "2m"    epoch+2m, +7m, +12m, ...   slots 0, 1, 2, ...
//   every = "90m..120m"            epoch+offset, then each next one 90..120 min later, drawn from
//                                  hash(job, number of the slot that the draw starts at)
//   after = "10m"                  at load, then 10 min after the last end (the coordinator's)
//   cron = "30 2 * * *"            the wall clock's 02:30 in a zone (core/cron_slots.h), plus jitter
//   at = "2026-12-01T09:00:00Z"    slot 0 at that instant of the wall clock, plus jitter
//
// A slot is (number, due). Numbers count up by one and survive a changed schedule; dues then go on
// along the new one. All instants are on the elapsed line; cron and at find theirs by where the wall
// clock stands on it now.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "core/spec.h"

namespace takt::core {

struct Slot {
  SlotNumber number = 0;
  Instant due;
  friend bool operator==(const Slot&, const Slot&) = default;
};

/// Where things lie on the elapsed line: the grids' origin, and the wall clock.
struct TimeLine {
  Instant epoch;
  Duration wall_offset{0};  // wall = elapsed + this

  TimeLine(Instant grid_epoch, Duration offset = Duration{0})  // NOLINT: an epoch alone is a line
      : epoch(grid_epoch), wall_offset(offset) {}
  WallTime wall(Instant at) const { return WallTime{at.time_since_epoch() + wall_offset}; }
  Instant instant(WallTime at) const { return Instant{at.time_since_epoch() - wall_offset}; }
};

/// Phase of a job's grid: its offset, or for "auto" hash(name) below min(interval, 1 h), plus its
/// share of jitter (hash(name) up to `jitter`, the same for every slot).
Duration phase(const JobSpec& job);

/// The offset without the jitter: as written, or for "auto" that hash. 0 where there is no grid.
Duration offset_of(const JobSpec& job);

/// The first slot at or after `from` of a job that has none decided, numbered `number`. The grid
/// begins at epoch + phase, also when that is beyond one interval. `after` jobs: `from` itself.
/// nullopt: manual; an `at` that has passed; a cron schedule without a slot for 400 years.
std::optional<Slot> first_slot(const JobSpec& job, const TimeLine& line, Instant from,
                               SlotNumber number);

/// The slot after `slot`. Every: the next grid point after slot.due. nullopt: manual, at, and after
/// (whose next slot depends on an end).
std::optional<Slot> next_slot(const JobSpec& job, const TimeLine& line, const Slot& slot);

/// The slots of [slot, now]: how many there are and the last of them. slot.due must be <= now.
/// Quick for any length of time: grids and cron by arithmetic; draws one by one up to a million,
/// beyond that in strides of the longest interval.
struct DueSlots {
  Slot last;
  SlotNumber count = 1;
};
DueSlots due_slots(const JobSpec& job, const TimeLine& line, const Slot& slot, Instant now);

/// The newest `keep` (>= 1) of those slots, oldest first; fewer when there are fewer.
std::vector<Slot> newest_slots(const JobSpec& job, const TimeLine& line, const Slot& slot,
                               const DueSlots& due, int keep);

/// A text that is equal exactly when two schedules have the same slots: stored, so that a changed
/// schedule is noticed after a restart. The zone's rules are its last word.
std::string schedule_fingerprint(const JobSpec& job);

/// The delay in the fingerprint of an `after` schedule; nullopt: it is another's.
std::optional<Duration> delay_in_fingerprint(std::string_view fingerprint);

/// Whether two fingerprints are of one schedule whose zone has got other rules.
bool differ_by_zone_only(std::string_view one, std::string_view other);

/// What DST did to a slot of the job, in words; empty for most.
std::string moved_by_dst(const JobSpec& job, const TimeLine& line, const Slot& slot);

/// Longest time from one slot to the next; nullopt where no bound exists (manual, after, at). Cron:
/// the longest of four years at least (core/cron_slots.h); a millisecond or so of work.
std::optional<Duration> longest_interval(const JobSpec& job);

}  // namespace takt::core
