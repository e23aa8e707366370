// Planning: the example fleet for a day, and 1,000 jobs over 10 pools. The bare figure is what people do
// without a planner: 1,000 random placements of the offsets, of which the best is taken.
//   takt_plan_bench [rounds, 5] [placements, 1000] [seed, 1]

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>

#include "base/stable_hash.h"
#include "core/plan.h"
#include "fleet/load.h"
#include "table.h"

namespace {

using namespace takt;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr const char* kExample = TAKT_SOURCE_DIR "/src/fleet/testdata/social-bot-plain.toml";
constexpr double kExampleMax = 0.2;
constexpr double kLargeMax = 5;
constexpr double kShareOfBestMax = 0.2;
constexpr int kJobs = 1000;
constexpr int kPools = 10;
constexpr double kLoad = 0.8;  // of the slots of each pool, on average

double seconds_of(const std::function<void()>& work) {
  const auto begun = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

/// Draws that are the same everywhere.
class Draws {
 public:
  explicit Draws(std::int64_t seed) : seed_(seed) {}
  std::int64_t below(std::int64_t bound) {
    return hash_below(stable_hash(std::to_string(seed_), ++count_), bound);
  }

 private:
  std::int64_t seed_;
  std::int64_t count_ = 0;
};

core::FleetSpec large_fleet(std::int64_t seed) {
  constexpr std::array<Duration, 9> kIntervals{5min, 10min, 15min, 20min, 30min, 1h, 2h, 6h, 24h};
  Draws draws(seed);
  core::FleetSpec fleet;
  std::array<double, kPools> load{};
  for (int i = 0; i < kJobs; ++i) {
    core::JobSpec job;
    job.name = fmt::format("job{}", i);
    const Duration interval = kIntervals[static_cast<std::size_t>(draws.below(kIntervals.size()))];
    job.schedule = core::Every{interval, std::nullopt};
    job.expect =
        Duration{10'000 + draws.below(std::min<std::int64_t>(interval.count() / 3, 900'000))};
    const auto pool = static_cast<core::PoolIndex>(draws.below(kPools));
    core::Uses uses{{pool, draws.below(10) == 0 ? 2 : 1}};
    if (draws.below(10) == 0 && pool + 1 < kPools) uses.push_back({pool + 1, 1});
    for (const core::Use& use : uses) {
      load[use.pool] += use.weight * static_cast<double>(job.expect->count()) /
                        static_cast<double>(interval.count());
    }
    job.uses = std::move(uses);
    fleet.jobs.push_back(std::move(job));
  }
  for (int i = 0; i < kPools; ++i) {
    const auto slots = static_cast<int>(load[static_cast<std::size_t>(i)] / kLoad) + 1;
    fleet.pools.push_back({.name = fmt::format("pool{}", i), .slots = slots});
  }
  return fleet;
}

core::PlanRequest request_for(const core::FleetSpec& fleet) {
  constexpr Instant kEpoch{Duration{1'790'000'000'000}};
  return {.line = core::TimeLine{kEpoch},
          .now = kEpoch,
          .length = 24h,
          .lengths = core::expected_lengths(fleet, {}),
          .kept = {}};
}

struct Quality {
  Duration over{0};
  bool near_bound = true;  // every peak is within 1 of the lower bound
};

Quality quality_of(const core::FleetPlan& plan, bool planned) {
  Quality quality;
  for (const core::PoolPlan& pool : plan.pools) {
    const auto& figures = planned ? pool.planned.figures : pool.as_written.figures;
    quality.over += figures.over;
    quality.near_bound = quality.near_bound && figures.peak <= pool.lower_bound_peak + 1;
  }
  return quality;
}

Duration best_of_random(core::FleetSpec fleet, const core::PlanRequest& request, int placements,
                        std::int64_t seed) {
  Draws draws(seed + 1000);
  Duration best = Duration::max();
  const core::Horizon horizon{request.line, request.now, request.length};
  for (int placement = 0; placement < placements; ++placement) {
    for (core::JobSpec& job : fleet.jobs) {
      auto& every = std::get<core::Every>(job.schedule);
      every.offset = Duration{draws.below(every.interval.count())};
    }
    Duration over{0};
    for (const auto& pool : core::pool_outlook(fleet, horizon, request.lengths)) {
      over += pool.figures.over;
    }
    best = std::min(best, over);
  }
  return best;
}

std::string minutes(Duration d) {
  return fmt::format("{:.1f} min", static_cast<double>(d.count()) / 60'000);
}

bool measure_example(int rounds) {
  fleet::Loaded loaded = fleet::load(kExample, {.trust_file = true});
  if (!loaded.spec) {
    std::fprintf(stderr, "takt_plan_bench: %s cannot be read\n", kExample);
    return false;
  }
  const auto request = request_for(*loaded.spec);
  bench::Samples seconds;
  core::FleetPlan plan = core::make_plan(*loaded.spec, request);
  for (int round = 0; round < rounds; ++round) {
    seconds.push_back(seconds_of([&] { plan = core::make_plan(*loaded.spec, request); }));
  }
  bench::print({.what = "the example fleet, 24 h",
                .unit = "s",
                .bare = {},
                .takt = seconds,
                .target = kExampleMax});
  bench::print_fact("its time over: as written, as planned",
                    fmt::format("{}, {}", minutes(quality_of(plan, false).over),
                                minutes(quality_of(plan, true).over)));
  return true;
}

void measure_large(int rounds, int placements, std::int64_t seed) {
  const core::FleetSpec fleet = large_fleet(seed);
  const auto request = request_for(fleet);
  bench::Samples seconds;
  core::FleetPlan plan = core::make_plan(fleet, request);
  for (int round = 0; round < rounds; ++round) {
    seconds.push_back(seconds_of([&] { plan = core::make_plan(fleet, request); }));
  }
  bench::print({.what = "1,000 jobs over 10 pools, 24 h",
                .unit = "s",
                .bare = {},
                .takt = seconds,
                .target = kLargeMax});
  const Quality planned = quality_of(plan, true);
  const Duration best = best_of_random(fleet, request, placements, seed);
  bench::print({.what = "their time over, of the best random one",
                .unit = "min",
                .bare = {static_cast<double>(best.count()) / 60'000},
                .takt = {static_cast<double>(planned.over.count()) / 60'000},
                .target = kShareOfBestMax});
  bench::print_fact("their peaks within 1 of the lower bound", planned.near_bound ? "yes" : "no");
  for (const core::PoolPlan& pool : plan.pools) {
    bench::print_fact(
        fleet.pools[pool.pool].name,
        fmt::format("{} slots, lower bound {}, peaks {} and {}, over {} and {}",
                    fleet.pools[pool.pool].slots, pool.lower_bound_peak,
                    pool.as_written.figures.peak, pool.planned.figures.peak,
                    minutes(pool.as_written.figures.over), minutes(pool.planned.figures.over)));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 5;
  const int placements = argc > 2 ? std::max(1, std::atoi(argv[2])) : 1000;
  const std::int64_t seed = argc > 3 ? std::atoi(argv[3]) : 1;
  bench::print_head();
  const bool could_read = measure_example(rounds);
  measure_large(rounds, placements, seed);
  return could_read ? 0 : 1;
}
