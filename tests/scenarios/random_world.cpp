#include "scenarios/random_world.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <iterator>
#include <memory>
#include <ostream>
#include <utility>

#include "core/schedule.h"
#include "scenarios/narrator.h"

namespace takt::scenarios {
namespace {

using namespace std::chrono_literals;

Duration seconds_between(int least, int most) {
  return std::chrono::seconds{*rc::gen::inRange(least, most + 1)};
}

core::Schedule any_schedule() {
  switch (*rc::gen::inRange(0, 5)) {
    case 0:
      return core::Manual{};
    case 1:
      return core::After{seconds_between(1, 20)};
    case 2: {
      const Duration shortest = seconds_between(3, 15);
      return core::EveryBetween{shortest, shortest + seconds_between(0, 10), 0s};
    }
    default:
      return core::Every{seconds_between(2, 30), seconds_between(0, 40)};
  }
}

std::optional<Duration> maybe(Duration value) {
  return *rc::gen::arbitrary<bool>() ? std::optional{value} : std::nullopt;
}

std::vector<core::PoolSpec> any_pools() {
  std::vector<core::PoolSpec> pools;
  for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
    core::PoolSpec pool;
    pool.name = "pool" + std::to_string(i);
    pool.slots = *rc::gen::inRange(0, 4);
    pool.reserve[0] = *rc::gen::inRange(0, 2);
    pools.push_back(std::move(pool));
  }
  return pools;
}

core::Uses any_uses(std::size_t pools) {
  core::Uses uses;
  for (core::PoolIndex pool = 0; pool < pools; ++pool) {
    if (*rc::gen::arbitrary<bool>()) uses.push_back({pool, *rc::gen::inRange(1, 3)});
  }
  return uses;
}

/// Needs of jobs with lower numbers, so that they never go in a circle.
core::Needs any_needs(int number) {
  core::Needs needs;
  for (int other = 0; other < number; ++other) {
    if (*rc::gen::inRange(0, 3) > 0) continue;
    core::Need need;
    need.job = "job" + std::to_string(other);
    need.fresh = maybe(seconds_between(1, 30));
    need.wait = seconds_between(1, 20);
    need.on_timeout = *rc::gen::element(core::OnTimeout::skip, core::OnTimeout::run);
    needs.push_back(std::move(need));
  }
  return needs;
}

core::JobSpec any_job(int number, std::size_t pools) {
  core::JobSpec job;
  job.name = "job" + std::to_string(number);
  job.schedule = any_schedule();
  job.overlap = *rc::gen::element(core::Overlap::skip, core::Overlap::queue, core::Overlap::replace,
                                  core::Overlap::allow);
  job.catchup = *rc::gen::element(core::Catchup::latest, core::Catchup::all, core::Catchup::none);
  job.catchup_max = *rc::gen::inRange(1, 4);
  job.delivery = *rc::gen::element(core::Delivery::at_least_once, core::Delivery::at_least_once,
                                   core::Delivery::at_most_once);
  job.priority = *rc::gen::element(core::Priority::P0, core::Priority::P2, core::Priority::P3);
  job.retry.retries = *rc::gen::inRange(0, 3);
  job.start_within = maybe(seconds_between(1, 20));
  job.timeout = maybe(seconds_between(5, 30));
  job.hung_after = maybe(seconds_between(5, 30));
  job.stale_after = maybe(seconds_between(20, 60));
  job.late_after = maybe(seconds_between(5, 30));
  job.expect = 2s;
  if (*rc::gen::inRange(0, 4) == 0) job.quarantine_after = *rc::gen::inRange(1, 4);
  job.enabled = *rc::gen::inRange(0, 8) > 0;
  job.critical = *rc::gen::inRange(0, 3) == 0;
  job.uses = any_uses(pools);
  job.needs = any_needs(number);
  return job;
}

}  // namespace

core::FleetSpec any_fleet() {
  core::FleetSpec fleet;
  fleet.name = "laws";
  fleet.ageing = 10s;
  fleet.max_running = *rc::gen::inRange(1, 4);
  fleet.pools = any_pools();
  const int jobs = *rc::gen::inRange(1, 5);
  for (int i = 0; i < jobs; ++i) fleet.jobs.push_back(any_job(i, fleet.pools.size()));
  return fleet;
}

core::FleetSpec any_edit_of(const core::FleetSpec& fleet) {
  core::FleetSpec edited = fleet;
  edited.jobs.clear();
  // Other sizes and another order, or none at all: then nobody may go on using them.
  const bool changes_pools = *rc::gen::inRange(0, 3) == 0;
  if (changes_pools) edited.pools = any_pools();
  for (int number = static_cast<int>(fleet.jobs.size()); number >= 0; --number) {
    const auto old = static_cast<std::size_t>(number);
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
        break;  // removed, or not added
      case 1:
        if (old < fleet.jobs.size() && !changes_pools) edited.jobs.push_back(fleet.jobs[old]);
        break;
      default:
        edited.jobs.push_back(any_job(number, edited.pools.size()));
    }
  }
  if (edited.jobs.empty()) edited.jobs.push_back(any_job(0, edited.pools.size()));
  return edited;
}

void showValue(const Step& step, std::ostream& out) {
  out << '{' << step.what << ' ' << step.which << ' ' << step.amount << '}';
}

bool World::play(const Step& step) {
  if (!shell_.up()) {
    shell_.start(std::chrono::milliseconds{step.amount * 700});
    return false;
  }
  if (step.what < 30) return shell_.advance(std::chrono::milliseconds{step.amount * 97}), false;
  if (step.what < 60) return process(step), false;
  if (step.what < 80) return request(step), false;
  if (step.what < 84) return memory(step), false;
  if (step.what < 95) return store(step), false;
  shell_.kill();
  return true;
}

void World::process(const Step& step) {
  if (!shell_.leftovers().empty() && step.what < 40) {
    shell_.gone(shell_.leftovers().begin()->first);
    return;
  }
  if (shell_.living().empty()) return;
  auto chosen = shell_.living().begin();
  std::advance(chosen, step.which % static_cast<int>(shell_.living().size()));
  const auto& [token, living] = *chosen;
  if (!living.started && step.amount % 8 > 0) {
    shell_.started(token);
    return;
  }
  core::ProcessEnd end;
  if (!living.started) {
    end.spawn_errno = 2;
  } else if (step.amount % 3 == 0) {
    end.signal = 15;
  } else {
    end.exit_code = step.amount % 3 - 1;
  }
  shell_.ended(token, end);
}

void World::memory(const Step& step) {
  core::MemoryReading reading;
  reading.total_bytes = 1000;
  reading.available_bytes = 10 * (step.amount % 40);
  if (step.which % 3 > 0) {
    shell_.tell(core::MemoryRead{reading});
  } else {
    shell_.tell(core::CleanedUp{"cleanup command", true, "", reading, reading, true});
  }
}

void World::request(const Step& step) {
  const RequestId id{++requests_};
  const auto& job = fleet_.jobs[static_cast<std::size_t>(step.which) % fleet_.jobs.size()].name;
  switch (step.what % 12) {
    case 0:
    case 1:
    case 2:
      shell_.tell(core::Trigger{id, job, {}, step.amount % 3 == 0});
      return;
    case 3:
    case 4:
      shell_.tell(core::Cancel{id, RunId{1 + step.amount % 20}});
      return;
    case 5:
      shell_.tell(core::Pause{id, job, std::chrono::seconds{step.amount % 40}, "for a while"});
      return;
    case 6:
      shell_.tell(core::Pause{id, step.amount % 5 == 0 ? "" : job, std::nullopt, ""});
      return;
    case 7:
    case 8:
    case 9:
      shell_.tell(core::Resume{id, step.amount % 3 == 0 ? "" : job});
      return;
    case 10:
      shell_.stall(std::chrono::milliseconds{step.amount * 313});
      return;
    default:
      if (step.amount % 4 == 0) shell_.tell(core::ShutDown{id});
      if (step.amount % 4 == 1) shell_.tell(core::Drain{id});
      return;
  }
}

void World::store(const Step& step) {
  switch (step.what % 5) {
    case 0:
      shell_.hold_store();
      return;
    case 1:
      shell_.record(static_cast<std::size_t>(step.amount % 3));
      return;
    case 2:
      shell_.fail_store(static_cast<std::size_t>(step.amount % 12));
      return;
    case 3:
      shell_.bring_store_back();
      return;
    default:
      shell_.release_store();
      return;
  }
}

void World::reload(const core::FleetSpec& fleet) {
  fleet_ = fleet;
  shell_.spec() = fleet;
  if (!shell_.up()) return;
  shell_.tell(core::Reload{RequestId{++requests_}, std::make_shared<const core::FleetSpec>(fleet)});
}

std::vector<Step> any_steps() {
  const auto step = rc::gen::build<Step>(rc::gen::set(&Step::what, rc::gen::inRange(0, 100)),
                                         rc::gen::set(&Step::which, rc::gen::inRange(0, 100)),
                                         rc::gen::set(&Step::amount, rc::gen::inRange(0, 100)));
  return *rc::gen::container<std::vector<Step>>(static_cast<std::size_t>(*rc::gen::inRange(1, 120)),
                                                step);
}

std::string describe(const core::FleetSpec& fleet) {
  std::string text = fmt::format("max_running {}\n", fleet.max_running);
  for (const core::PoolSpec& pool : fleet.pools) {
    text += fmt::format("{} slots {} reserve P0 {}\n", pool.name, pool.slots, pool.reserve[0]);
  }
  for (const core::JobSpec& job : fleet.jobs) {
    text += fmt::format("{} {} {} overlap {} {}{}", job.name, core::schedule_fingerprint(job),
                        word(job.priority), word(job.overlap), job.critical ? "critical " : "",
                        job.enabled ? "" : "disabled ");
    for (const core::Use& use : *job.uses) {
      text += fmt::format("uses {}:{} ", fleet.pools[use.pool].name, use.weight);
    }
    for (const core::Need& need : *job.needs) {
      text += fmt::format("needs {} fresh {} wait {} {} ", need.job,
                          need.fresh ? format_duration(*need.fresh) : "-",
                          format_duration(need.wait), word(need.on_timeout));
    }
    text += "\n";
  }
  return text;
}

std::string dump(const core::FleetSpec& fleet, const std::vector<Step>& steps) {
  std::string text;
  Narrator narrator;
  World world{fleet, [&](WallTime at, const core::Effect& effect) {
                for (const std::string& line : narrator.tell(at, effect)) text += line + "\n";
              }};
  world.shell().start(0s);
  try {
    for (const Step& step : steps) world.play(step);
  } catch (const std::logic_error& e) {
    text += e.what();
  }
  return text;
}

}  // namespace takt::scenarios
