#include "sim/campaign_fleet.h"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "core/cron_slots.h"
#include "sim/drawn_resources.h"
#include "sim/random.h"

namespace takt::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

core::JobSpec job(std::string name, core::Schedule schedule, Duration expect) {
  core::JobSpec spec;
  spec.name = std::move(name);
  spec.schedule = schedule;
  spec.expect = expect;
  spec.hung_after = expect * 6;
  auto command = std::make_shared<core::Command>();
  command->log_max_bytes = 20'000;
  spec.command = std::move(command);
  return spec;
}

core::Every every(Duration interval, Duration offset) { return {interval, offset}; }

/// A zone whose clock goes forward and back by an hour twice a day: every campaign meets its gaps and
/// repeated hours.
std::shared_ptr<const core::Zone> restless_zone() {
  constexpr std::chrono::sys_days kFrom{std::chrono::year{2026} / 1 / 1};
  constexpr std::chrono::days kFor{2 * 365};
  std::vector<core::ZoneChange> changes;
  for (std::chrono::sys_seconds at = kFrom; at < kFrom + kFor; at += std::chrono::hours{6}) {
    const bool forward = changes.size() % 2 == 0;
    changes.push_back({at + std::chrono::hours{1}, std::chrono::hours{forward ? 1 : 0}});
  }
  return std::make_shared<const core::Zone>("Test/Restless", seconds{0}, std::move(changes));
}

core::Cron cron(std::string_view text, std::string_view job) {
  static const auto kZone = restless_zone();
  const auto fields = core::parse_cron(text, job);
  TAKT_ASSERT(fields.has_value(), "the campaign's own expressions are right");
  return {std::make_shared<const core::CronRule>(core::make_cron_rule(*fields, kZone))};
}

core::At at_once(Duration after_start) {
  return {WallTime{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}} + after_start};
}

}  // namespace

core::FleetSpec nasty_fleet() {
  core::FleetSpec fleet;
  fleet.name = "nasty";

  core::JobSpec plain = job("plain", every(minutes{5}, seconds{0}), seconds{90});
  plain.stale_after = minutes{12};
  plain.late_after = minutes{4};
  plain.retry.retries = 3;
  plain.critical = true;
  fleet.jobs.push_back(plain);

  core::JobSpec range =
      job("range", core::EveryBetween{minutes{20}, minutes{40}, minutes{2}}, minutes{3});
  range.stale_after = minutes{60};
  range.catchup = core::Catchup::none;
  range.retry.retries = 1;
  range.retry.jitter = 0.2;
  fleet.jobs.push_back(range);

  core::JobSpec queue = job("queue", every(minutes{3}, seconds{30}), seconds{150});
  queue.overlap = core::Overlap::queue;
  queue.timeout = minutes{8};
  queue.retry.retries = 2;
  fleet.jobs.push_back(queue);

  core::JobSpec replace = job("replace", every(minutes{4}, minutes{1}), seconds{200});
  replace.overlap = core::Overlap::replace;
  replace.catchup = core::Catchup::all;
  replace.catchup_max = 3;
  fleet.jobs.push_back(replace);

  core::JobSpec allow = job("allow", every(minutes{2}, seconds{45}), seconds{110});
  allow.overlap = core::Overlap::allow;
  allow.retry.retries = 2;
  fleet.jobs.push_back(allow);

  core::JobSpec burst = job("burst", every(minutes{1}, seconds{10}), seconds{5});
  burst.catchup = core::Catchup::all;
  burst.catchup_max = 10;
  burst.jitter = seconds{20};
  fleet.jobs.push_back(burst);

  core::JobSpec once = job("once", every(minutes{15}, minutes{3}), minutes{2});
  once.delivery = core::Delivery::at_most_once;
  once.retry.retries = 2;
  once.stale_after = minutes{50};
  fleet.jobs.push_back(once);

  core::JobSpec after = job("after", core::After{minutes{6}}, minutes{2});
  after.retry.retries = 1;
  after.stale_after = minutes{30};
  fleet.jobs.push_back(after);

  core::JobSpec clockwork = job("clockwork", cron("*/7 * * * *", "clockwork"), seconds{100});
  clockwork.stale_after = minutes{25};
  clockwork.retry.retries = 1;
  fleet.jobs.push_back(clockwork);

  core::JobSpec fixed = job("fixed", cron("10,40 0-23 * * *", "fixed"), minutes{2});
  fixed.catchup = core::Catchup::all;
  fixed.catchup_max = 4;
  fixed.jitter = seconds{30};
  fixed.overlap = core::Overlap::queue;
  fleet.jobs.push_back(fixed);

  core::JobSpec strict = job("strict", cron("H/15 * * * *", "strict"), seconds{50});
  strict.catchup = core::Catchup::none;
  strict.start_within = minutes{3};
  fleet.jobs.push_back(strict);

  fleet.jobs.push_back(job("at-once", at_once(std::chrono::hours{5}), minutes{1}));

  core::JobSpec fragile = job("fragile", core::Every{minutes{7}, std::nullopt}, seconds{40});
  fragile.quarantine_after = 2;
  fragile.start_within = seconds{30};
  fleet.jobs.push_back(fragile);

  core::JobSpec off = job("off", every(minutes{10}, minutes{5}), minutes{1});
  off.enabled = false;
  fleet.jobs.push_back(off);

  core::JobSpec manual = job("manual", core::Manual{}, minutes{4});
  manual.hung_after = std::nullopt;
  manual.timeout = minutes{10};
  fleet.jobs.push_back(manual);

  core::JobSpec beating = job("beating", every(minutes{9}, minutes{2}), minutes{3});
  beating.beat_within = seconds{45};
  beating.retry.retries = 1;
  fleet.jobs.push_back(beating);
  return fleet;
}

namespace {

core::Schedule drawn_schedule(Random& dice) {
  const Duration interval = dice.between(minutes{1}, minutes{30});
  const Duration offset = dice.between(Duration{0}, 2 * interval);
  switch (dice.below(8)) {
    case 0:
      return core::EveryBetween{interval, interval * 2, offset};
    case 1:
      return core::After{interval};
    case 2:
      return core::Every{interval, std::nullopt};
    case 3:
      return core::Manual{};
    case 4:
      return cron(dice.chance(0.5) ? "H/10 * * * *" : "* * * * *", std::to_string(dice.below(100)));
    case 5:
      return cron("H H(0-2),6,12-15,18 * * *", std::to_string(dice.below(100)));
    default:
      return core::Every{interval, offset};
  }
}

core::JobSpec drawn_job(Random& dice, std::string name) {
  core::JobSpec spec = job(std::move(name), drawn_schedule(dice), dice.around(minutes{2}, 1.0));
  spec.overlap = static_cast<core::Overlap>(dice.below(4));
  spec.catchup = static_cast<core::Catchup>(dice.below(3));
  spec.catchup_max = 1 + static_cast<int>(dice.below(5));
  spec.delivery = static_cast<core::Delivery>(dice.below(2));
  spec.priority = static_cast<core::Priority>(dice.below(4));
  spec.retry.retries = static_cast<int>(dice.below(4));
  spec.retry.jitter = dice.chance(0.3) ? 0.5 : 0;
  spec.retry.first = dice.between(seconds{1}, seconds{20});
  spec.retry.factor = dice.chance(0.5) ? 2 : 1.5;
  spec.retry.max = dice.between(seconds{10}, minutes{5});
  if (dice.chance(0.2)) spec.retry.on_exit_codes = {1, 2};
  spec.kill_grace = dice.chance(0.3) ? dice.between(Duration{0}, minutes{1}) : seconds{10};
  if (dice.chance(0.1)) spec.hung_after.reset();
  spec.jitter = dice.chance(0.3) ? dice.between(Duration{0}, minutes{1}) : Duration{0};
  if (dice.chance(0.3)) spec.retry.on = {core::Outcome::failed};
  if (dice.chance(0.3)) spec.timeout = *spec.expect * 4;
  if (dice.chance(0.3)) spec.start_within = dice.between(Duration{0}, minutes{10});
  if (dice.chance(0.3)) spec.quarantine_after = 1 + static_cast<int>(dice.below(4));
  if (dice.chance(0.5)) spec.stale_after = dice.between(minutes{5}, minutes{120});
  if (dice.chance(0.3)) spec.late_after = dice.between(minutes{1}, minutes{10});
  spec.enabled = !dice.chance(0.1);
  return spec;
}

}  // namespace

core::FleetSpec drawn_fleet(std::uint64_t seed) {
  Random dice("fleet", seed);
  core::FleetSpec fleet;
  fleet.name = "drawn";
  fleet.max_running = 2 + static_cast<int>(dice.below(12));
  for (int i = 0; i < 12; ++i) fleet.jobs.push_back(drawn_job(dice, "job" + std::to_string(i)));
  Random resources("resources", seed);
  if (resources.chance(0.8)) draw_resources(fleet, resources);
  return fleet;
}

core::FleetSpec storm_fleet() {
  core::FleetSpec fleet;
  fleet.name = "storm";
  fleet.max_running = 30;
  for (int i = 0; i < 200; ++i) {
    core::JobSpec spec =
        job("storm" + std::to_string(i), every(minutes{10}, seconds{0}), seconds{20});
    spec.priority = static_cast<core::Priority>(i % 4);
    spec.overlap = static_cast<core::Overlap>(i / 4 % 4);
    fleet.jobs.push_back(spec);
  }
  return fleet;
}

std::vector<std::string> expected_coverage() {
  return {"attempt.ok",
          "attempt.failed",
          "attempt.timeout",
          "attempt.hung",
          "attempt.oom",
          "attempt.spawn_failed",
          "attempt.lost",
          "attempt.cancelled",
          "run.ok",
          "run.failed",
          "run.hung",
          "run.oom",
          "run.spawn_failed",
          "run.lost",
          "run.cancelled",
          "cause.schedule",
          "cause.manual",
          "cause.recovery",
          "cause.catchup",
          "state.idle",
          "state.waiting",
          "state.running",
          "state.retrying",
          "state.paused",
          "state.quarantined",
          "state.disabled",
          "event.fleet_started",
          "event.fleet_stopped",
          "event.job_hung",
          "event.job_stuck",
          "event.job_overdue",
          "event.recovery_started",
          "event.quarantined",
          "event.run_skipped",
          "event.slot_missed",
          "event.store_failed",
          "event.store_back",
          "event.clock_stepped",
          "event.leaked_processes",
          "event.run_failed",
          "event.run_cancelled",
          "event.attempt_lost",
          "event.paused",
          "event.resumed",
          "event.draining",
          "event.problem",
          "gate.enabled.pass",
          "gate.enabled.skip",
          "gate.paused.pass",
          "gate.paused.skip",
          "gate.paused.hold",
          "gate.quarantined.pass",
          "gate.quarantined.skip",
          "gate.overlap.pass",
          "gate.overlap.skip",
          "gate.overlap.hold",
          "gate.node.pass",
          "gate.node.hold",
          "gate.store.pass",
          "gate.store.hold",
          "slot.ran",
          "slot.skipped.disabled",
          "slot.skipped.paused",
          "slot.skipped.quarantined",
          "slot.skipped.overlap",
          "slot.missed.down",
          "slot.missed.start_within",
          "slot.missed.store",
          "slot.missed.draining",
          "slot.coalesced.down",
          "slot.coalesced.overlap",
          "slot.coalesced.start_within",
          "slot.cancelled.manual"};
}

Mix nasty_mix() {
  Mix mix;
  mix.per_day = 144;
  mix.failure_chance = 0.03;
  mix.weight.fill(1);
  mix.suspend_max = std::chrono::hours{1};
  mix.long_suspend_max = std::chrono::hours{3};
  mix.long_outage_max = std::chrono::hours{1};
  mix.suspend_median = minutes{5};
  mix.pause_max = minutes{20};
  mix.pool_growth_max = 2;
  return mix;
}

}  // namespace takt::sim
