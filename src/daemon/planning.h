#pragma once
// Planning in the real world: a fleet gets the offsets that it runs with before anybody decides by them.
// Kept ones come out of the database; jobs with offset = "auto" that have none get theirs chosen by
// core/plan.h, around all others. Blocking: it reads the database, and plans.

#include <filesystem>
#include <optional>

#include "base/time.h"
#include "core/plan.h"
#include "core/spec.h"
#include "ports/store.h"
#include "store/planned_offsets.h"

namespace takt::daemon {

inline constexpr Duration kPlannedAhead = std::chrono::hours{24};

/// What a plan of `length` is asked for now. Before its first start a fleet counts as started now.
core::PlanRequest plan_request(const core::FleetSpec& spec, store::PlanningFacts facts,
                               Duration length);

enum class Keep { no, yes };

/// Fills in every offset that is "auto" and planned, kept or chosen now; `keep` the chosen ones. An error
/// is a database that cannot be read (then all are chosen) or written (then they are not kept): the
/// offsets are filled in all the same.
std::optional<ports::StoreError> settle_offsets(core::FleetSpec& spec,
                                                const std::filesystem::path& database, Keep keep);

/// Keeps the offsets that a plan chose, and makes the database for them where there is none yet.
std::optional<ports::StoreError> keep_plan(const core::KeptOffsets& chosen,
                                           const std::filesystem::path& state_dir);

}  // namespace takt::daemon
