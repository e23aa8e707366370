#include "sim/drawn_resources.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace takt::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

core::Uses drawn_uses(const core::FleetSpec& fleet, const core::JobSpec& job, Random& dice) {
  core::Uses uses;
  for (core::PoolIndex pool = 0; pool < fleet.pools.size(); ++pool) {
    if (!dice.chance(uses.empty() ? 0.6 : 0.3)) continue;
    const int most = fleet.pools[pool].limit_for(job.priority);
    const int weight = 1 + static_cast<int>(dice.chance(0.3) ? dice.below(most) : 0);
    if (weight <= most) uses.push_back({pool, weight});
  }
  return uses;
}

core::Need drawn_need(const std::string& job, Random& dice) {
  core::Need need;
  need.job = job;
  if (dice.chance(0.6)) need.fresh = dice.between(minutes{2}, minutes{20});
  need.wait = dice.between(seconds{30}, minutes{10});
  need.on_timeout = dice.chance(0.5) ? core::OnTimeout::skip : core::OnTimeout::run;
  return need;
}

core::JobSpec job(std::string name, Duration every, Duration expect, core::Priority priority,
                  core::Uses uses) {
  core::JobSpec spec;
  spec.name = std::move(name);
  spec.schedule = core::Every{every, std::nullopt};
  spec.expect = expect;
  spec.hung_after = expect * 6;
  spec.priority = priority;
  if (!uses.empty()) spec.uses = std::move(uses);
  auto command = std::make_shared<core::Command>();
  command->log_max_bytes = 20'000;
  spec.command = std::move(command);
  return spec;
}

core::Need need(std::string name, std::optional<Duration> fresh, Duration wait,
                core::OnTimeout on_timeout = core::OnTimeout::skip) {
  return {std::move(name), fresh, wait, on_timeout};
}

}  // namespace

void draw_pools(core::FleetSpec& fleet, Random& dice) {
  const auto count = 1 + dice.below(4);
  for (std::int64_t i = 0; i < count; ++i) {
    core::PoolSpec pool;
    pool.name = "pool" + std::to_string(i);
    pool.slots = 1 + static_cast<int>(dice.below(4));
    if (pool.slots > 1 && dice.chance(0.5)) pool.reserve[dice.chance(0.7) ? 0 : 1] = 1;
    if (pool.slots > 3 && dice.chance(0.3)) pool.reserve[1] += 1;
    fleet.pools.push_back(std::move(pool));
  }
  for (core::JobSpec& spec : fleet.jobs) {
    core::Uses uses = drawn_uses(fleet, spec, dice);
    if (!uses.empty()) spec.uses = std::move(uses);
  }
}

void draw_needs(core::FleetSpec& fleet, Random& dice) {
  for (std::size_t i = 1; i < fleet.jobs.size(); ++i) {
    core::Needs needs;
    for (int nth = 0; nth < 2; ++nth) {
      if (!dice.chance(0.3)) continue;
      const auto at = static_cast<std::size_t>(dice.below(static_cast<std::int64_t>(i)));
      const std::string& upstream = fleet.jobs[at].name;
      const bool is_known = std::ranges::count(needs, upstream, &core::Need::job) > 0;
      if (!is_known) needs.push_back(drawn_need(upstream, dice));
    }
    if (!needs.empty()) fleet.jobs[i].needs = std::move(needs);
  }
}

void draw_resources(core::FleetSpec& fleet, Random& dice) {
  draw_pools(fleet, dice);
  draw_needs(fleet, dice);
  for (core::JobSpec& spec : fleet.jobs) spec.critical = dice.chance(0.2);
}

core::FleetSpec small_fleet(std::uint64_t seed) {
  Random dice("small", seed);
  core::FleetSpec fleet;
  fleet.name = "small";
  fleet.ageing = dice.between(seconds{30}, minutes{10});
  fleet.max_running = 3 + static_cast<int>(dice.below(6));
  for (int i = 0; i < 8; ++i) {
    core::JobSpec spec =
        job("job" + std::to_string(i), dice.between(minutes{1}, minutes{6}),
            dice.around(seconds{60}, 0.7), static_cast<core::Priority>(dice.below(4)), {});
    spec.overlap = static_cast<core::Overlap>(dice.below(4));
    if (dice.chance(0.3)) spec.start_within = dice.between(seconds{20}, minutes{5});
    fleet.jobs.push_back(std::move(spec));
  }
  draw_resources(fleet, dice);
  return fleet;
}

core::FleetSpec tight_fleet() {
  using core::Priority;
  core::FleetSpec fleet;
  fleet.name = "tight";
  fleet.max_running = 12;
  fleet.ageing = minutes{2};
  fleet.pools = {{"browser", 3, {1, 0, 0, 0}}, {"db", 2, {}}, {"api", 3, {0, 1, 0, 0}}};
  const auto add = [&](core::JobSpec spec, core::Needs needs = {}) {
    if (!needs.empty()) spec.needs = std::move(needs);
    fleet.jobs.push_back(std::move(spec));
  };
  core::JobSpec post = job("post", minutes{4}, seconds{40}, Priority::P0, {{0, 1}});
  post.critical = true;
  post.retry.retries = 2;
  add(post);
  core::JobSpec harvest = job("harvest", minutes{10}, seconds{70}, Priority::P2, {{1, 1}});
  harvest.stale_after = minutes{40};
  add(harvest);
  add(job("plan", minutes{5}, seconds{50}, Priority::P1, {{0, 1}, {1, 1}}),
      {need("harvest", minutes{6}, minutes{4})});
  core::JobSpec wide = job("wide", minutes{9}, seconds{80}, Priority::P2, {{0, 2}});
  wide.start_within = std::chrono::hours{1};
  add(wide);
  for (int i = 0; i < 4; ++i) {
    core::JobSpec small = job("small" + std::to_string(i), minutes{2} + i * seconds{20},
                              seconds{50}, Priority::P3, {{0, 1}});
    if (i % 2 == 0) small.start_within = seconds{70};
    small.overlap = static_cast<core::Overlap>(i);
    add(small);
  }
  add(job("sync", minutes{6}, seconds{30}, Priority::P3, {{1, 2}}));
  add(job("left", minutes{7}, seconds{40}, Priority::P2, {{2, 1}}),
      {need("harvest", std::nullopt, minutes{6})});
  add(job("right", minutes{8}, seconds{40}, Priority::P1, {{2, 1}}),
      {need("harvest", minutes{5}, minutes{3}, core::OnTimeout::run)});
  add(job("bottom", minutes{9}, seconds{30}, Priority::P0, {}),
      {need("left", std::nullopt, minutes{3}, core::OnTimeout::run),
       need("right", minutes{8}, minutes{4}, core::OnTimeout::run)});
  core::JobSpec source = job("source", minutes{12}, seconds{60}, Priority::P3, {{2, 2}});
  source.schedule = core::Manual{};
  source.quarantine_after = 2;
  add(source);
  add(job("report", minutes{11}, seconds{20}, Priority::P1, {}),
      {need("source", minutes{9}, minutes{2})});
  core::JobSpec hook = job("hook", minutes{3}, seconds{20}, Priority::P1, {{2, 1}});
  hook.retry.retries = 1;
  add(hook);
  add(job("digest", minutes{6}, seconds{25}, Priority::P2, {{1, 1}}),
      {need("hook", minutes{4}, minutes{2}), need("wide", minutes{15}, minutes{5})});
  return fleet;
}

}  // namespace takt::sim
