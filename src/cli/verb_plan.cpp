// takt plan: offsets, collisions, and how the pools are used: as written and as planned. Needs no daemon.
// What it chooses is kept in the fleet's database; of that, offsets that are "auto" are applied.

#include <fmt/format.h>

#include <array>
#include <boost/json/array.hpp>
#include <filesystem>

#include "api/render.h"
#include "base/state_dir.h"
#include "cli/plan_text.h"
#include "cli/verbs.h"
#include "core/plan.h"
#include "daemon/planning.h"
#include "fleet/quote.h"
#include "store/planned_offsets.h"

namespace takt::cli {
namespace {

namespace json = boost::json;

constexpr Duration kLongest = std::chrono::hours{24 * 366};

constexpr std::array kOptions{
    OptionSpec{"--for", "D", "how far to look ahead; default 1d"},
    OptionSpec{"--replan", "", "let offsets move that an earlier plan chose"}};

json::object figures(const core::UseFigures& of) {
  return {{"peak", of.peak}, {"over_ms", of.over.count()}};
}

json::array collisions(const core::FleetSpec& spec, const core::Horizon& horizon,
                       const core::PoolOutlook& outlook) {
  json::array all;
  for (const core::Collision& collision : outlook.collisions) {
    json::array jobs;
    for (const JobIndex job : collision.jobs) jobs.emplace_back(api::utf8(spec.jobs[job].name));
    all.emplace_back(
        json::object{{"at", format_rfc3339(horizon.line.wall(horizon.from + collision.from))},
                     {"over_ms", (collision.until - collision.from).count()},
                     {"peak", collision.peak},
                     {"jobs", std::move(jobs)}});
  }
  return all;
}

json::object to_json(const core::FleetSpec& spec, const core::FleetPlan& plan) {
  json::array pools;
  for (const core::PoolPlan& pool : plan.pools) {
    json::object written = figures(pool.as_written.figures);
    written["collisions"] = collisions(spec, plan.horizon, pool.as_written);
    json::object planned = figures(pool.planned.figures);
    planned["collisions"] = collisions(spec, plan.horizon, pool.planned);
    pools.emplace_back(json::object{{"name", api::utf8(spec.pools[pool.pool].name)},
                                    {"slots", spec.pools[pool.pool].slots},
                                    {"lower_bound_peak", pool.lower_bound_peak},
                                    {"as_written", std::move(written)},
                                    {"planned", std::move(planned)}});
  }
  json::array offsets;
  for (const core::PlannedOffset& offset : plan.offsets) {
    offsets.emplace_back(
        json::object{{"job", api::utf8(spec.jobs[offset.job].name)},
                     {"written_ms",
                      offset.written ? json::value(offset.written->count()) : json::value(nullptr)},
                     {"planned_ms", offset.planned.count()}});
  }
  return {{"horizon_ms", plan.horizon.length.count()},
          {"from", format_rfc3339(plan.horizon.line.wall(plan.horizon.from))},
          {"pools", std::move(pools)},
          {"offsets", std::move(offsets)}};
}

std::expected<Duration, Failure> length_of(const Arguments& arguments) {
  const auto length = arguments.duration("for");
  if (!length) return std::unexpected(length.error());
  if (length->value_or(daemon::kPlannedAhead) <= kLongest) {
    return length->value_or(daemon::kPlannedAhead);
  }
  return std::unexpected(usage_error(fmt::format("--for {} is longer than a plan can look ahead",
                                                 fleet::quote_name(*arguments.text("for"))),
                                     fmt::format("at most {}", format_duration(kLongest))));
}

/// Whether a job would begin elsewhere than with what was kept so far.
bool moves_a_job(const core::FleetSpec& spec, const core::FleetPlan& plan,
                 const core::KeptOffsets& kept) {
  const auto chosen = core::chosen_offsets(spec, plan);
  return std::ranges::any_of(plan.offsets, [&](const core::PlannedOffset& offset) {
    const std::string& job = spec.jobs[offset.job].name;
    if (offset.written || !offset.is_chosen) return false;
    const auto before = kept.find(job);
    return before == kept.end() || before->second != chosen.at(job);
  });
}

void keep(Console& console, const core::FleetSpec& spec, const core::FleetPlan& plan,
          const core::KeptOffsets& before) {
  const auto trouble = daemon::keep_plan(core::chosen_offsets(spec, plan), spec.state_dir);
  if (trouble) {
    console.talk("the plan is not kept: " + trouble->what);
    if (!trouble->hint.empty()) console.talk(trouble->hint);
    return;
  }
  std::error_code ignored;  // what cannot be looked at is no daemon of ours
  const bool daemon_runs = std::filesystem::exists(socket_file(spec.state_dir), ignored);
  if (daemon_runs && moves_a_job(spec, plan, before)) {
    console.talk("takt reload makes the running daemon take over the offsets that have moved");
  }
}

Result run(Context& context, const Arguments& arguments) {
  const auto length = length_of(arguments);
  if (!length) return std::unexpected(length.error());
  const auto loaded = context.spec();
  if (!loaded) return std::unexpected(loaded.error());
  const core::FleetSpec& spec = **loaded;
  auto& console = context.console();

  auto facts = store::read_planning_facts(database_file(spec.state_dir));
  if (!facts) {
    console.talk("planned without what the database knows: " + facts.error().what);
    facts = store::PlanningFacts{};
  }
  auto request = daemon::plan_request(spec, *std::move(facts), *length);
  request.replan = arguments.has("replan");
  const core::FleetPlan plan = core::make_plan(spec, request);
  if (plan.horizon.length < *length) {
    console.talk(fmt::format("the fleet has too many runs for that long: planned for {}",
                             format_duration(plan.horizon.length)));
  }
  if (console.json) {
    console.print_json(to_json(spec, plan));
  } else {
    console.out << plan_text(spec, plan, console.color);
  }
  keep(console, spec, plan, request.kept);
  return Exit::ok;
}

}  // namespace

Verb plan_verb() {
  return {"plan",   Needs::file,
          "",       "offsets that keep pools within their slots, and what collides",
          kOptions, run};
}

}  // namespace takt::cli
