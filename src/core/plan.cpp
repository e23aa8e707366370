#include "core/plan.h"

#include <algorithm>

#include "base/match.h"
#include "core/plan_fleet.h"

namespace takt::core {
namespace {

constexpr std::int64_t kRunsMax = 2'000'000;

// Of work, in cells looked at.
constexpr std::int64_t kStepsMin = 20'000'000;
constexpr std::int64_t kStepsOfAJob = 500'000;

std::int64_t steps_for(std::size_t movable, const PlanRequest& request) {
  return std::min(kStepsMin + kStepsOfAJob * static_cast<std::int64_t>(movable), request.steps_max);
}

bool has_offset(const JobSpec& job) { return !planned_for(job).empty(); }

std::optional<Duration> written_offset(const JobSpec& job) {
  using Found = std::optional<Duration>;
  return std::visit(
      Match{[](const Every& s) -> Found { return s.offset; },
            [](const EveryBetween& s) -> Found { return s.offset; },
            [](const Manual&) -> Found { return {}; }, [](const After&) -> Found { return {}; },
            [](const Cron&) -> Found { return {}; }, [](const At&) -> Found { return {}; }},
      job.schedule);
}

bool is_auto(const JobSpec& job) { return has_offset(job) && !written_offset(job); }

const KeptOffset* kept_for(const JobSpec& job, const KeptOffsets& kept) {
  const auto found = kept.find(job.name);
  if (found == kept.end() || found->second.schedule != planned_for(job)) return nullptr;
  return &found->second;
}

void set_offset(JobSpec& job, Duration offset) {
  if (auto* every = std::get_if<Every>(&job.schedule)) every->offset = offset;
  if (auto* range = std::get_if<EveryBetween>(&job.schedule)) range->offset = offset;
}

Horizon horizon_of(const FleetSpec& spec, const PlanRequest& request) {
  return horizon_around(request.line, request.now,
                        bearable_length(spec, request.lengths, request.length));
}

/// One choice among jobs of which some stay where an earlier plan, or the file, has put them.
class Choice {
 public:
  Choice(const FleetSpec& spec, const PlanRequest& request, Planner& planner)
      : spec_(spec), request_(request), planner_(planner), chosen_(planner.jobs().size()) {}

  /// Of the jobs that are auto, or of those that are not; the rest stays.
  void choose(bool of_auto) {
    std::vector<bool> free(planner_.jobs().size());
    for (std::size_t at = 0; at < free.size(); ++at) {
      const JobSpec& job = spec_.jobs[planner_.jobs()[at].job];
      if (!planner_.jobs()[at].can_move || is_auto(job) != of_auto) continue;
      chosen_[at] = true;
      const KeptOffset* kept = request_.replan ? nullptr : kept_for(job, request_.kept);
      free[at] = kept == nullptr;
      if (kept != nullptr) planner_.set_offset(at, kept->offset);
    }
    const auto movable = static_cast<std::size_t>(std::ranges::count(free, true));
    if (movable > 0) planner_.choose(free, steps_for(movable, request_));
  }

  bool is_chosen(std::size_t at) const { return chosen_[at]; }

 private:
  const FleetSpec& spec_;
  const PlanRequest& request_;
  Planner& planner_;
  std::vector<bool> chosen_;
};

}  // namespace

std::string planned_for(const JobSpec& job) {
  if (const auto* every = std::get_if<Every>(&job.schedule)) {
    return "every " + format_duration(every->interval);
  }
  if (const auto* range = std::get_if<EveryBetween>(&job.schedule)) {
    return "every " + format_duration(range->shortest) + ".." + format_duration(range->longest);
  }
  return {};
}

void apply_offsets(FleetSpec& spec, const KeptOffsets& kept) {
  if (kept.empty()) return;
  for (JobSpec& job : spec.jobs) {
    if (!is_auto(job)) continue;
    if (const KeptOffset* found = kept_for(job, kept)) set_offset(job, found->offset);
  }
}

bool lacks_offsets(const FleetSpec& spec, const KeptOffsets& kept) {
  return std::ranges::any_of(spec.jobs, [&](const JobSpec& job) {
    return job.enabled && !job.uses->empty() && is_auto(job) && kept_for(job, kept) == nullptr;
  });
}

KeptOffsets choose_offsets(const FleetSpec& spec, const PlanRequest& request) {
  Planner planner(spec, horizon_of(spec, request), request.lengths);
  Choice choice(spec, request, planner);
  choice.choose(true);
  KeptOffsets chosen;
  for (std::size_t at = 0; at < planner.jobs().size(); ++at) {
    const JobSpec& job = spec.jobs[planner.jobs()[at].job];
    const bool is_new = request.replan || kept_for(job, request.kept) == nullptr;
    if (!choice.is_chosen(at) || !is_new) continue;
    chosen.emplace(job.name, KeptOffset{planned_for(job), planner.jobs()[at].offset});
  }
  return chosen;
}

FleetPlan make_plan(const FleetSpec& spec, const PlanRequest& request) {
  const Horizon horizon = horizon_of(spec, request);
  Planner planner(spec, horizon, request.lengths);
  FleetPlan plan{.horizon = horizon, .pools = {}, .offsets = {}, .unplanned = planner.unplanned()};
  for (PoolIndex pool = 0; pool < spec.pools.size(); ++pool) {
    plan.pools.push_back({pool, planner.lower_bound(pool), planner.outlook(pool), {}});
  }
  Choice choice(spec, request, planner);
  choice.choose(true);
  choice.choose(false);
  for (PoolPlan& pool : plan.pools) {
    pool.planned = planner.outlook(pool.pool);
    // The bound is for all of time; within one horizon less may be seen of it.
    pool.lower_bound_peak =
        std::min({pool.lower_bound_peak, pool.as_written.figures.peak, pool.planned.figures.peak});
  }
  auto planned = planner.jobs().begin();
  for (JobIndex i = 0; i < spec.jobs.size(); ++i) {
    const JobSpec& job = spec.jobs[i];
    while (planned != planner.jobs().end() && planned->job < i) ++planned;
    if (!has_offset(job)) continue;
    PlannedOffset offset{i, written_offset(job), offset_of(job)};
    if (planned != planner.jobs().end() && planned->job == i) {
      offset.planned = planned->offset;
      offset.is_chosen =
          choice.is_chosen(static_cast<std::size_t>(planned - planner.jobs().begin()));
    }
    plan.offsets.push_back(offset);
  }
  return plan;
}

KeptOffsets chosen_offsets(const FleetSpec& spec, const FleetPlan& plan) {
  KeptOffsets kept;
  for (const PlannedOffset& offset : plan.offsets) {
    const JobSpec& job = spec.jobs[offset.job];
    if (offset.is_chosen) kept.emplace(job.name, KeptOffset{planned_for(job), offset.planned});
  }
  return kept;
}

std::vector<PoolOutlook> pool_outlook(const FleetSpec& spec, const Horizon& horizon,
                                      const std::vector<Duration>& lengths) {
  const Planner planner(spec, horizon, lengths);
  std::vector<PoolOutlook> outlook;
  for (PoolIndex pool = 0; pool < spec.pools.size(); ++pool) {
    outlook.push_back(planner.outlook(pool));
  }
  return outlook;
}

Duration bearable_length(const FleetSpec& spec, const std::vector<Duration>& lengths,
                         Duration wanted) {
  double runs = 0;
  for (JobIndex i = 0; i < spec.jobs.size(); ++i) {
    const JobSpec& job = spec.jobs[i];
    if (!job.enabled || job.uses->empty()) continue;
    const auto found = expected_runs(job, lengths[i], {TimeLine{Instant{}}, Instant{}, wanted});
    if (!found || found->kind != ExpectedRuns::Kind::grid) continue;
    runs +=
        static_cast<double>(wanted / found->interval + 1) * static_cast<double>(job.uses->size());
  }
  if (runs <= static_cast<double>(kRunsMax)) return wanted;
  const double share = static_cast<double>(kRunsMax) / runs;
  return std::max(Duration{static_cast<std::int64_t>(static_cast<double>(wanted.count()) * share)},
                  Duration{std::chrono::minutes{1}});
}

}  // namespace takt::core
