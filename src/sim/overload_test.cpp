// An overloaded fleet: a thousand jobs, five pools, three hundred needs, and a fifth more work than the
// pools can take. Those who matter keep their time wherever a reserve is theirs, and those who matter
// least still move. Virtual time; the study is told in docs/design/0020-admission.md.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "sim/random.h"
#include "sim/simulate.h"

namespace takt::sim {
namespace {

using core::Priority;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int kJobs = 1000;
constexpr int kNeeds = 300;
constexpr int kPools = 5;
constexpr int kReserved = 3;  // pools that keep units for P0
constexpr Duration kEvery = hours{1};
constexpr Duration kLength = hours{6};

/// Slots of each pool, and what of them is kept for P0.
constexpr int kSlots = 20;
constexpr int kKept = 8;

bool is_kept(int pool) { return pool < kReserved; }

/// `load`: of what the pools can take, by lengths as expected.
core::FleetSpec fleet_of(double load) {
  Random dice("overload", 1);
  core::FleetSpec fleet;
  fleet.name = "overload";
  fleet.max_running = 10'000;
  for (int i = 0; i < kPools; ++i) {
    core::PoolSpec pool{"pool" + std::to_string(i), kSlots, {}};
    if (is_kept(i)) pool.reserve[0] = kKept;
    fleet.pools.push_back(std::move(pool));
  }
  // Every job once an hour: so much of it may each of a pool's jobs take.
  const auto a_job =
      std::chrono::duration_cast<Duration>(kEvery * (load * kSlots * kPools / kJobs));
  for (int i = 0; i < kJobs; ++i) {
    core::JobSpec job;
    job.name = fmt::format("job{:04}", i);
    job.priority = static_cast<Priority>(i / kPools % 10 == 0 ? 0 : 1 + i / kPools % 3);
    job.schedule = core::Every{kEvery, dice.between(Duration{0}, kEvery - Duration{1})};
    job.expect = a_job;
    job.start_within = hours{48};
    job.uses = core::Uses{{static_cast<core::PoolIndex>(i % kPools), 1}};
    fleet.jobs.push_back(std::move(job));
  }
  for (int nth = 0; nth < kNeeds; ++nth) {  // P1 to P3: each needs an earlier one, whenever it was
    const int job = 100 + nth * 3;
    if (fleet.jobs[static_cast<std::size_t>(job)].priority == Priority::P0) continue;
    core::Need need;
    need.job = fleet.jobs[static_cast<std::size_t>(dice.below(job))].name;
    need.fresh = hours{3};
    need.wait = hours{1};
    need.on_timeout = core::OnTimeout::run;
    fleet.jobs[static_cast<std::size_t>(job)].needs = core::Needs{need};
  }
  return fleet;
}

struct Lateness {
  Duration p99{0};  // of the jobs' own, the worst in a hundred of them
  Duration max{0};
  std::int64_t never = 0;  // jobs that did not run at all
};

Lateness lateness(const core::FleetSpec& fleet, const Report& report, Priority priority,
                  bool in_kept_pools) {
  std::vector<Duration> all;
  Lateness told;
  for (std::size_t i = 0; i < fleet.jobs.size(); ++i) {
    const core::JobSpec& job = fleet.jobs[i];
    const bool is_meant = job.priority == priority &&
                          is_kept(static_cast<int>(job.uses->front().pool)) == in_kept_pools;
    if (!is_meant) continue;
    all.push_back(report.jobs[i].lateness_p99);
    told.max = std::max(told.max, report.jobs[i].lateness_max);
    told.never += report.jobs[i].ran == 0 ? 1 : 0;
  }
  std::ranges::sort(all);
  if (!all.empty()) told.p99 = all[(all.size() * 99 + 99) / 100 - 1];
  return told;
}

void print(const char* what, const core::FleetSpec& fleet, const Report& report) {
  for (int at = 0; at < 4; ++at) {
    for (const bool kept : {true, false}) {
      const auto priority = static_cast<Priority>(at);
      const Lateness late = lateness(fleet, report, priority, kept);
      std::cout << fmt::format("{:10} {} {:13} p99 {:>12} max {:>12} never {}\n", what,
                               word(priority), kept ? "with reserve" : "without",
                               format_duration(late.p99), format_duration(late.max), late.never);
    }
  }
  for (const PoolReport& pool : report.pools) {
    std::cout << fmt::format("{:10} {} used {:.1f} peak {} waited p95 {}\n", what, pool.name,
                             pool.used_mean, pool.peak, format_duration(pool.wait_p95));
  }
}

TEST(Overload, P0KeepsItsTimeWhereAReserveIsItsOwnAndP3StillMoves) {
  const core::FleetSpec idle = fleet_of(0.2);
  const core::FleetSpec busy = fleet_of(1.2);
  const Report at_ease = simulate(idle, {kLength, 1, false, false});
  const Report overloaded = simulate(busy, {kLength, 1, false, false});
  print("idle", idle, at_ease);
  print("overloaded", busy, overloaded);
  const Duration usual = lateness(idle, at_ease, Priority::P0, true).p99;
  EXPECT_LE(lateness(busy, overloaded, Priority::P0, true).p99, 2 * usual);
  for (const bool kept : {true, false}) {
    EXPECT_EQ(lateness(busy, overloaded, Priority::P3, kept).never, 0);
  }
  for (const PoolReport& pool : overloaded.pools) EXPECT_LE(pool.peak, kSlots) << pool.name;
}

}  // namespace
}  // namespace takt::sim
