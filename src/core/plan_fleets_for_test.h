#pragma once
// Fleets to plan, for tests: small ones by hand, the example fleet, random ones.

#include <rapidcheck.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/plan.h"

namespace takt::core {

inline constexpr Instant kEpoch{Duration{1'790'000'000'000}};

inline JobSpec every(std::string name, Duration interval, std::optional<Duration> offset,
                     Duration length, Uses uses = {{0, 1}}) {
  JobSpec job;
  job.name = std::move(name);
  job.schedule = Every{interval, offset};
  job.expect = length;
  job.uses = std::move(uses);
  return job;
}

inline FleetSpec fleet_of(int slots, std::vector<JobSpec> jobs) {
  FleetSpec fleet;
  fleet.pools.push_back({.name = "browser", .slots = slots});
  fleet.jobs = std::move(jobs);
  return fleet;
}

inline std::vector<Duration> lengths_of(const FleetSpec& fleet) {
  return expected_lengths(fleet, {});
}

inline PlanRequest request_for(const FleetSpec& fleet) {
  return {.line = TimeLine{kEpoch},
          .now = kEpoch,
          .length = std::chrono::hours{24},
          .lengths = lengths_of(fleet),
          .kept = {},
          .steps_max = 2'000'000};
}

/// shared/fleets/social-bot.toml, as far as a plan sees it.
inline FleetSpec social_bot() {
  using namespace std::chrono_literals;
  const Uses none;
  FleetSpec fleet = fleet_of(3, {every("posting", 5min, 0s, 90s),
                                 every("plan", 105min, 2min, 3min, none),
                                 every("reply_posting", 30min, 1min, 4min),
                                 every("metrics_scraper", 20min, 7min, 4min),
                                 every("reply_metrics", 20min, 12min, 3min),
                                 every("mega_viral_harvester", 2h, 10min, 10min),
                                 every("account_discovery", 90min, 25min, 6min),
                                 every("learning", 1h, 32min, 3min, none),
                                 every("reply_learning", 1h, 45min, 2min, none),
                                 every("analytics", 30min, 2min, 2min, none),
                                 every("data_collection", 1h, 52min, 4min),
                                 every("news_scraping", 1h, 52min, 4min),
                                 every("viral_scraper", 4h, 180min, 12min),
                                 every("peer_scraper", 2h, 10min, 8min),
                                 every("vi_deep_analysis", 12h, 240min, 8min, none),
                                 every("tweet_reconciliation", 24h, 120min, 10min),
                                 every("id_recovery", 10min, 4min, 1min),
                                 every("job_watchdog", 5min, 2min, 1min, none),
                                 every("db_retry_queue", 10min, 15min, 1min, none),
                                 every("health_check", 30min, 10min, 1min, none)});
  fleet.jobs[0].priority = fleet.jobs[2].priority = Priority::P0;
  fleet.pools[0].reserve[0] = 1;
  fleet.jobs[1].schedule = EveryBetween{90min, 120min, 2min};
  return fleet;
}

/// A job of a fleet with that many pools; its offset may be written.
inline rc::Gen<JobSpec> random_job(int pools) {
  return rc::gen::exec([pools] {
    const auto minutes = *rc::gen::element(5, 7, 10, 20, 30, 60, 90, 240, 1440, 4000);
    const Duration interval = std::chrono::minutes{minutes};
    const Duration length{*rc::gen::inRange<std::int64_t>(1, interval.count())};
    Uses uses;
    for (int pool = 0; pool < pools; ++pool) {
      if (*rc::gen::inRange(0, 2) == 0) continue;
      uses.push_back({static_cast<PoolIndex>(pool), *rc::gen::inRange(1, 4)});
    }
    std::optional<Duration> offset;
    if (*rc::gen::arbitrary<bool>()) {
      offset = Duration{*rc::gen::inRange<std::int64_t>(0, 2 * interval.count())};
    }
    JobSpec job =
        every("", interval, offset, std::min(length, Duration{std::chrono::hours{2}}), uses);
    if (*rc::gen::inRange(0, 5) == 0) job.overlap = Overlap::allow;
    job.priority = *rc::gen::element(Priority::P0, Priority::P2, Priority::P3);
    if (*rc::gen::inRange(0, 6) == 0) job.jitter = std::chrono::seconds{90};
    return job;
  });
}

inline rc::Gen<FleetSpec> random_fleet() {
  return rc::gen::exec([] {
    FleetSpec fleet;
    const int pools = *rc::gen::inRange(1, 4);
    for (int pool = 0; pool < pools; ++pool) {
      fleet.pools.push_back({.name = "p" + std::to_string(pool), .slots = *rc::gen::inRange(0, 6)});
    }
    const int jobs = *rc::gen::inRange(0, 9);
    for (int i = 0; i < jobs; ++i) {
      fleet.jobs.push_back(*random_job(pools));
      fleet.jobs.back().name = "job" + std::to_string(i);
    }
    return fleet;
  });
}

}  // namespace takt::core
