#include "sim/campaign_fleet.h"

#include <memory>
#include <string>
#include <utility>

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
  spec.command = std::make_shared<core::Command>();
  return spec;
}

core::Every every(Duration interval, Duration offset) { return {interval, offset}; }

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
  return fleet;
}

Mix nasty_mix() {
  Mix mix;
  mix.per_day = 144;
  mix.failure_chance = 0.03;
  mix.suspend_max = std::chrono::hours{1};
  mix.suspend_median = minutes{5};
  mix.pause_max = minutes{20};
  return mix;
}

}  // namespace takt::sim
