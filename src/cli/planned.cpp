#include "cli/planned.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/state_dir.h"
#include "cli/people.h"
#include "core/plan.h"
#include "daemon/planning.h"
#include "fleet/complaints.h"
#include "fleet/quote.h"
#include "store/planned_offsets.h"

namespace takt::cli {
namespace {

constexpr std::size_t kJobsNamed = 6;
constexpr Duration kDay = std::chrono::hours{24};

std::string names_of(const core::FleetSpec& spec, const std::vector<JobIndex>& jobs) {
  std::string names;
  for (std::size_t i = 0; i < std::min(jobs.size(), kJobsNamed); ++i) {
    names += (i == 0 ? "" : ", ") + spec.jobs[jobs[i]].name;
  }
  if (jobs.size() > kJobsNamed) names += fmt::format(" and {} more", jobs.size() - kJobsNamed);
  return names;
}

void warn(const core::FleetSpec& spec, const core::PoolSpec& pool, const core::PoolOutlook& outlook,
          const core::Horizon& horizon, const fleet::Positions& where,
          fleet::Complaints& complaints) {
  const auto& worst = *std::ranges::max_element(outlook.collisions, {}, &core::Collision::peak);
  const std::chrono::duration<double, std::ratio<60>> over = outlook.figures.over;
  const double days = static_cast<double>(horizon.length.count()) / kDay.count();
  complaints.warning(
      where.value(worst.jobs.front(), "uses"),
      fmt::format("pool {}: jobs are expected to want more than its {} slots for {:.1f} minutes a "
                  "day; {} units at {}, for {}",
                  fleet::quote_name(pool.name), pool.slots, over.count() / days, worst.peak,
                  clock_time(horizon.line.wall(horizon.from + worst.from)),
                  names_of(spec, worst.jobs)),
      "takt plan shows better offsets, if there are any");
}

}  // namespace

void settle_offsets(core::FleetSpec& spec, Console& console) {
  const auto trouble =
      daemon::settle_offsets(spec, database_file(spec.state_dir), daemon::Keep::no);
  if (trouble) console.talk("offsets are shown as if none were kept: " + trouble->what);
}

std::expected<core::FleetSpec, Failure> planned_spec(Context& context) {
  const auto loaded = context.spec();
  if (!loaded) return std::unexpected(loaded.error());
  core::FleetSpec spec = **loaded;
  settle_offsets(spec, context.console());
  return spec;
}

std::vector<fleet::Problem> collision_warnings(const core::FleetSpec& spec,
                                               const fleet::Positions& where) {
  fleet::Complaints complaints{where.sources()};
  if (spec.pools.empty()) return {};
  auto facts = store::read_planning_facts(database_file(spec.state_dir));
  // Without a database that can be read: as if the fleet started now.
  const auto request = daemon::plan_request(
      spec, facts ? *std::move(facts) : store::PlanningFacts{}, daemon::kPlannedAhead);
  const core::Horizon ahead{request.line, request.now,
                            core::bearable_length(spec, request.lengths, request.length)};
  const auto outlooks = core::pool_outlook(spec, ahead, request.lengths);
  for (core::PoolIndex pool = 0; pool < spec.pools.size(); ++pool) {
    if (outlooks[pool].collisions.empty()) continue;
    warn(spec, spec.pools[pool], outlooks[pool], ahead, where, complaints);
  }
  return complaints.take();
}

}  // namespace takt::cli
