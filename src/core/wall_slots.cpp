#include "core/wall_slots.h"

#include <algorithm>

namespace takt::core {
namespace {

/// A forward step up to here jumps over nothing: what was due in it is in time all the same.
constexpr Duration kStartTolerance = std::chrono::seconds{1};

bool clock_is_set(const State& s, Instant at) { return s.wall(at) >= WallTime{kFirstPlausible}; }

/// An `at` job whose only slot is decided. It has no cursor, and neither has one that waits for the
/// clock; but that one's number is still 0.
bool is_over(const State& s, JobIndex index, SlotNumber number) {
  return std::holds_alternative<At>(s.spec_of(index).schedule) && number > 0;
}

}  // namespace

std::optional<Slot> entry_slot(const State& s, JobIndex index, Instant from, SlotNumber number) {
  const JobSpec& spec = s.spec_of(index);
  if (follows_the_wall(spec.schedule) && !clock_is_set(s, from)) return std::nullopt;
  return first_slot(spec, s.line(), from, number);
}

std::optional<Slot> resumed_cursor(const State& s, JobIndex index, const OldCursor& old,
                                   Instant now) {
  const JobSpec& spec = s.spec_of(index);
  const std::string schedule = schedule_fingerprint(spec);
  if (old.schedule == schedule) {
    const bool waited_for_clock =
        !old.next && follows_the_wall(spec.schedule) && !is_over(s, index, old.number);
    return waited_for_clock ? entry_slot(s, index, now, old.number) : old.next;
  }
  if (!old.next || !differ_by_zone_only(old.schedule, schedule)) {
    // A slot of this very instant may have been decided along the old one.
    const bool is_after = std::holds_alternative<After>(spec.schedule);
    return entry_slot(s, index, is_after ? now : now + Duration{1}, old.number);
  }
  const Instant from = std::min(old.next->due, old.decided_through + Duration{1});
  return entry_slot(s, index, from, old.number);
}

void step_wall_slots(Turn& turn, Duration by) {
  State& s = turn.s;
  if (by > kStartTolerance) s.jumped_at = turn.now;
  for (JobIndex i = 0; i < s.listed; ++i) {  // what has left the file has no slots
    Job& job = s.jobs[i];
    if (!follows_the_wall(s.spec_of(i).schedule)) continue;
    if (job.next) {
      job.next->due -= by;
    } else if (!is_over(s, i, job.next_number)) {
      job.next = entry_slot(s, i, turn.now, job.next_number);
    }
    s.wake.set(i, wake_of(s, i));  // what the step made due is fired in this turn
  }
}

Instant attended_since(const State& s, JobIndex index) {
  if (!s.jumped_at || !follows_the_wall(s.spec_of(index).schedule)) return s.opened_at;
  return std::max(s.opened_at, *s.jumped_at);
}

std::optional<WallTime> slot_name(const State& s, const Run& run) {
  if (!run.slot) return std::nullopt;
  return run.slot_at ? run.slot_at : std::optional{s.wall(run.slot->due)};
}

}  // namespace takt::core
