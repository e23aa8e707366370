#pragma once
// Wall slots: what the wall clock does to the cursors of cron and at jobs. Their slots are instants
// of the wall clock; the coordinator lives on the elapsed line. This is where the two meet.
//
//   the clock steps back       the next slot moves away; decided ones are never decided again
//   it steps forward           slots that it jumped over are like those of a downtime: `catchup`
//   it has not been set yet    (before kFirstPlausible) no slot is due; once it is set, schedules
//                              begin there, without a past to catch up with
//   the zone gets new rules    the cursor goes to the first slot by the new ones that is not decided

#include <string_view>

#include "core/turn.h"

namespace takt::core {

/// Where the cursor of a job begins that has none: the first slot from `from` on. nullopt also for
/// cron and at while the clock is not set.
std::optional<Slot> entry_slot(const State& s, JobIndex job, Instant from, SlotNumber number);

/// A job's cursor as another fingerprint of its schedule left it.
struct OldCursor {
  std::string_view schedule;
  SlotNumber number = 0;     // of the next slot
  std::optional<Slot> next;  // none: there was none
  Instant decided_through;   // everything due until then was decided, or is `next`
};

/// Where it goes under the present schedule: on from where it was when the schedule is the same or
/// only the zone's rules are others, else from `now`.
std::optional<Slot> resumed_cursor(const State& s, JobIndex job, const OldCursor& old, Instant now);

/// The wall clock was stepped; s.wall_offset is the new one already.
void step_wall_slots(Turn& turn, Duration by);

/// Since when somebody has watched the instants of the job's schedule: the daemon's start, or for
/// slots of the wall clock the end of a later jump. Older slots were missed by everybody.
Instant attended_since(const State& s, JobIndex job);

/// What a run's slot is called: on the wall clock for ever the same for cron and at, moved by steps
/// for all others.
std::optional<WallTime> slot_name(const State& s, const Run& run);

}  // namespace takt::core
