#pragma once
// Planned offsets: what a plan has chosen, kept in the fleet's database. Read and written over a
// connection of its own, so it works beside a running daemon and without one.
//
//   no database               nothing is kept yet
//   a schema before version 3 likewise, and nothing can be kept until the next start has migrated it:
//                             another daemon may be at work on it, and it is not ours to change
//
// Writing holds the database's lock for one small transaction and waits for no disk; after a power cut
// the newest plan may be gone, and is made anew.

#include <expected>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "core/plan.h"
#include "core/rows.h"
#include "ports/store.h"

namespace takt::store {

/// Everything that is kept, also for jobs that the fleet no longer has.
std::expected<core::KeptOffsets, ports::StoreError> read_planned_offsets(
    const std::filesystem::path& file);

/// Keeps these beside what else is kept, or instead where a job has one already: all of them, or none
/// and an error. The database must be there.
std::optional<ports::StoreError> keep_planned_offsets(const std::filesystem::path& file,
                                                      const core::KeptOffsets& offsets,
                                                      WallTime now);

/// What a plan rests on. Nothing of it is there before the first start, or while the database is of an
/// older takt.
struct PlanningFacts {
  std::optional<core::FleetRow> fleet;                     // the epoch and the clock
  std::map<std::string, std::vector<Duration>> durations;  // as in core::Stored
  core::KeptOffsets kept;
};
std::expected<PlanningFacts, ports::StoreError> read_planning_facts(
    const std::filesystem::path& file);

/// Makes the database, with nothing in it, where there is none; its folder must be there and nobody else
/// be about to make it (the caller holds the lock of the state_dir).
std::optional<ports::StoreError> make_database(const std::filesystem::path& file);

}  // namespace takt::store
