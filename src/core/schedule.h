#pragma once
// Schedule arithmetic: which instants are slots. Pure; the coordinator, the checker's oracle and
// `next` all ask here.
//
//   every = "5m", offset = "2m"    epoch+2m, +7m, +12m, ...   slots 0, 1, 2, ...
//   every = "90m..120m"            epoch+offset, then each next one 90..120 min later, drawn from
//                                  hash(job, number of the slot that the draw starts at)
//   after = "10m"                  at load, then 10 min after the last end (the coordinator's)
//
// A slot is (number, due). Numbers count up by one and survive a changed schedule; dues then go on
// along the new one. All instants are on the elapsed line.

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

/// Phase of a job's grid: its offset, or for "auto" hash(name) below min(interval, 1 h), plus its
/// share of jitter (hash(name) up to `jitter`, the same for every slot).
Duration phase(const JobSpec& job);

/// The first slot at or after `from` of a job that has none decided, numbered `number`. The grid
/// begins at epoch + phase, also when that is beyond one interval. `after` jobs: `from` itself.
/// nullopt: manual.
std::optional<Slot> first_slot(const JobSpec& job, Instant epoch, Instant from, SlotNumber number);

/// The slot after `slot`. Every: the next grid point after slot.due. nullopt: manual and after
/// (whose next slot depends on an end).
std::optional<Slot> next_slot(const JobSpec& job, Instant epoch, const Slot& slot);

/// The slots of [slot, now]: how many there are and the last of them. slot.due must be <= now.
/// Quick for any length of time: grids by arithmetic; draws one by one up to a million, beyond that
/// in strides of the longest interval.
struct DueSlots {
  Slot last;
  SlotNumber count = 1;
};
DueSlots due_slots(const JobSpec& job, Instant epoch, const Slot& slot, Instant now);

/// The newest `keep` (>= 1) of those slots, oldest first; fewer when there are fewer.
std::vector<Slot> newest_slots(const JobSpec& job, Instant epoch, const Slot& slot,
                               const DueSlots& due, int keep);

/// A text that is equal exactly when two schedules have the same slots: stored, so that a changed
/// schedule is noticed after a restart.
std::string schedule_fingerprint(const JobSpec& job);

/// The delay in the fingerprint of an `after` schedule; nullopt: it is another's.
std::optional<Duration> delay_in_fingerprint(std::string_view fingerprint);

/// Longest time from one slot to the next; nullopt where no bound exists (manual, after).
std::optional<Duration> longest_interval(const JobSpec& job);

}  // namespace takt::core
