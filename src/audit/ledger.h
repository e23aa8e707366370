#pragma once
// Ledger: what was decided of a job's slots, run or not, in the order of their numbers.

#include <optional>
#include <vector>

#include "audit/scene.h"

namespace takt::audit {

/// Slots first..last of one job, decided alike.
struct Decided {
  SlotNumber first = 0;
  SlotNumber last = 0;
  WallTime at;
  WallTime last_at;
  WallTime decided_at;            // of the newest of them
  const RunFacts* run = nullptr;  // the run that the slot became
  const core::SlotsRow* range = nullptr;
  bool unclear = false;
};

std::vector<Decided> ledger_of(const JobFacts& job);

/// The slot of the job's schedule that follows `number` at `at`; nullopt: none, or it depends on an
/// end. Grids are computed here, from the fleet's epoch; drawn and wall-clock slots by
/// core/schedule.
std::optional<WallTime> following(const Scene& scene, const JobFacts& job, SlotNumber number,
                                  WallTime at);

/// The first slot at or after `from`, numbered `number`.
std::optional<WallTime> first_slot_from(const Scene& scene, const JobFacts& job, WallTime from,
                                        SlotNumber number);

/// Whether the daemon that wrote the rows followed the schedule that the fleet file has now.
bool follows_the_file(const JobFacts& job);

}  // namespace takt::audit
