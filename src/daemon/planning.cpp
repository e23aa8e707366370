#include "daemon/planning.h"

#include <chrono>
#include <utility>

#include "base/state_dir.h"
#include "daemon/state_folder.h"

namespace takt::daemon {
namespace {

/// A start is not to wait for the best of all plans: some tenths of a second at most.
constexpr std::int64_t kStepsAtLoad = 200'000'000;

WallTime wall_clock() { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }

/// Offsets that are chosen here stand in `kept` afterwards, and in the result.
core::KeptOffsets choose_missing(const core::FleetSpec& spec, store::PlanningFacts& facts) {
  auto request = plan_request(spec, facts, kPlannedAhead);
  request.steps_max = kStepsAtLoad;
  auto chosen = core::choose_offsets(spec, request);
  for (const auto& [job, offset] : chosen) facts.kept[job] = offset;
  return chosen;
}

}  // namespace

core::PlanRequest plan_request(const core::FleetSpec& spec, store::PlanningFacts facts,
                               Duration length) {
  const bool follows_the_wall = !facts.fleet || facts.fleet->speed == 1;
  const WallTime now = follows_the_wall ? wall_clock() : facts.fleet->clock;
  const WallTime epoch = facts.fleet ? facts.fleet->epoch : now;
  return {.line = core::TimeLine{Instant{epoch.time_since_epoch()}},
          .now = Instant{now.time_since_epoch()},
          .length = length,
          .lengths = core::expected_lengths(spec, facts.durations),
          .kept = std::move(facts.kept)};
}

std::optional<ports::StoreError> settle_offsets(core::FleetSpec& spec,
                                                const std::filesystem::path& database, Keep keep) {
  if (!core::lacks_offsets(spec, {})) return std::nullopt;
  std::optional<ports::StoreError> trouble;
  store::PlanningFacts facts;
  auto kept = store::read_planned_offsets(database);
  if (kept) {
    facts.kept = *std::move(kept);
  } else {
    trouble = std::move(kept.error());
  }
  if (core::lacks_offsets(spec, facts.kept)) {
    auto found = store::read_planning_facts(database);
    if (found) {
      facts = *std::move(found);
    } else if (!trouble) {
      trouble = std::move(found.error());
    }
    const auto chosen = choose_missing(spec, facts);
    if (keep == Keep::yes && !trouble && !chosen.empty()) {
      trouble = store::keep_planned_offsets(database, chosen, wall_clock());
    }
  }
  core::apply_offsets(spec, facts.kept);
  return trouble;
}

std::optional<ports::StoreError> keep_plan(const core::KeptOffsets& chosen,
                                           const std::filesystem::path& state_dir) {
  if (chosen.empty()) return std::nullopt;
  const auto database = database_file(state_dir);
  std::error_code error;
  if (!std::filesystem::exists(database, error)) {
    const auto folder = StateFolder::take(state_dir);
    if (!folder) {
      return ports::StoreError{ports::StoreError::Kind::io, folder.error().what,
                               folder.error().hint};
    }
    if (auto refused = store::make_database(database)) return refused;
  }
  return store::keep_planned_offsets(database, chosen, wall_clock());
}

}  // namespace takt::daemon
