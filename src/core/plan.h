#pragma once
// Plan: offsets for a fleet, so that what is expected to run at once fits into its pools.
//
//   as written     the offsets of the file; for "auto" that of the hash (core/schedule.h)
//   as planned     "auto": kept from an earlier plan, else chosen now. Written ones: what the planner
//                  would have chosen around those, for people to compare and to copy
//
// Only offsets that are "auto" are ever applied. What was planned stays where it is: a further job is
// put around the others, unless a plan is made anew. Offsets of jobs that use no pool are not planned:
// the hash spreads them.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "core/plan_runs.h"
#include "core/plan_use.h"
#include "core/spec.h"

namespace takt::core {

/// An offset that an earlier plan chose, and the schedule that it was chosen for.
struct KeptOffset {
  std::string schedule;
  Duration offset{0};
  friend bool operator==(const KeptOffset&, const KeptOffset&) = default;
};
/// By name of the job.
using KeptOffsets = std::map<std::string, KeptOffset>;

/// "every 5m", "every 1h30m..2h"; empty where a job has no offset.
std::string planned_for(const JobSpec& job);

/// Gives each job with offset = "auto" the kept offset, if that was planned for the same schedule.
void apply_offsets(FleetSpec& spec, const KeptOffsets& kept);

/// Whether a job has offset = "auto", uses pools, and `kept` has nothing for it.
bool lacks_offsets(const FleetSpec& spec, const KeptOffsets& kept);

struct PlanRequest {
  TimeLine line;                  // the epoch of the grids, and the wall clock
  Instant now;                    // lies within the horizon
  Duration length{0};             // of the horizon; > 0
  std::vector<Duration> lengths;  // of a run, by job: expected_lengths()
  KeptOffsets kept;
  bool replan = false;                     // what is kept may move
  std::int64_t steps_max = 1'000'000'000;  // of work; a million take about two milliseconds
};

/// Offsets for the jobs that lack one, around all others. Deterministic; about a tenth of a second for
/// fleets of some hundred jobs, and a second for 100,000.
KeptOffsets choose_offsets(const FleetSpec& spec, const PlanRequest& request);

/// How a pool is used with certain offsets.
struct PoolOutlook {
  UseFigures figures;
  std::vector<UseStep> use;           // over the horizon, from its start
  std::vector<Collision> collisions;  // the first hundred
};

struct PoolPlan {
  PoolIndex pool = 0;
  std::int64_t lower_bound_peak = 0;  // of no offsets whatever is the peak lower
  PoolOutlook as_written;
  PoolOutlook planned;
};

struct PlannedOffset {
  JobIndex job = 0;
  std::optional<Duration> written;  // nullopt: "auto"
  Duration planned{0};
  bool is_chosen = false;  // by the planner, now or earlier; else it is the file's, or the hash's
};

struct FleetPlan {
  Horizon horizon;
  std::vector<PoolPlan> pools;         // all of the fleet
  std::vector<PlannedOffset> offsets;  // of all jobs with `every`, in the order of the file
  std::vector<JobIndex> unplanned;     // use pools at times that nobody knows (after, by hand)
};

FleetPlan make_plan(const FleetSpec& spec, const PlanRequest& request);

/// What is to be kept of a plan: the offsets that it chose.
KeptOffsets chosen_offsets(const FleetSpec& spec, const FleetPlan& plan);

/// How the pools will be used with the offsets as they are in `spec`. One a pool.
std::vector<PoolOutlook> pool_outlook(const FleetSpec& spec, const Horizon& horizon,
                                      const std::vector<Duration>& lengths);

/// `wanted`, or as much of it as has no more runs than can be looked at one by one (two millions).
Duration bearable_length(const FleetSpec& spec, const std::vector<Duration>& lengths,
                         Duration wanted);

}  // namespace takt::core
