// A year of the example fleet in the simulator, with the default faults: with the checker judging
// every event, and without. The bare figure is the same number of events through an ordered queue
// and nothing else: what a simulator would cost that decides nothing.
//   takt_sim_bench [days, 365] [rounds, 5]

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <queue>
#include <vector>

#include "base/stable_hash.h"
#include "fleet/load.h"
#include "sim/simulate.h"
#include "table.h"

namespace {

using namespace takt;
using Clock = std::chrono::steady_clock;

constexpr const char* kFleet = TAKT_SOURCE_DIR "/examples/social-bot/fleet.toml";
constexpr int kEventsOfARun = 6;  // due, recorded, started, recorded, ended, recorded
constexpr double kWithCheckerMax = 10;
constexpr double kWithoutMax = 2;

double seconds_of(const std::function<void()>& work) {
  const auto begun = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

core::FleetSpec example() {
  fleet::Loaded loaded = fleet::load(kFleet, {.trust_file = true});
  if (loaded.spec) return *std::move(loaded.spec);
  std::fprintf(stderr, "takt_sim_bench: %s cannot be read\n", kFleet);
  std::exit(1);
}

/// `runs` runs of twenty jobs as bare events in a queue.
std::uint64_t play_bare(std::int64_t runs) {
  using Entry = std::pair<std::int64_t, std::uint64_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
  for (std::uint64_t job = 0; job < 20; ++job) queue.emplace(static_cast<std::int64_t>(job), job);
  std::uint64_t sum = 0;
  for (std::int64_t event = 0; event < runs * kEventsOfARun; ++event) {
    const auto [at, job] = queue.top();
    queue.pop();
    sum ^= stable_hash({}, at);
    queue.emplace(at + hash_below(sum, 1000) + 1, job);
  }
  return sum;
}

}  // namespace

int main(int argc, char** argv) {
  const int days = argc > 1 ? std::max(1, std::atoi(argv[1])) : 365;
  const int rounds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 5;
  const core::FleetSpec spec = example();
  const double years = days / 365.0;
  bench::Samples bare;
  bench::Samples with;
  bench::Samples without;
  sim::Report report;
  std::uint64_t sum = 0;
  for (int round = 0; round < rounds; ++round) {
    sim::Options options{.length = std::chrono::hours{24} * days, .seed = 1};
    options.check = false;
    without.push_back(seconds_of([&] { report = sim::simulate(spec, options); }) / years);
    options.check = true;
    with.push_back(seconds_of([&] { report = sim::simulate(spec, options); }) / years);
    bare.push_back(seconds_of([&] { sum ^= play_bare(report.runs); }) / years);
  }
  bench::print_head();
  bench::print({.what = "a simulated year, checker on",
                .unit = "s",
                .takt = with,
                .target = kWithCheckerMax});
  bench::print({.what = "a simulated year, checker off",
                .unit = "s",
                .takt = without,
                .target = kWithoutMax});
  bench::print_fact("that year",
                    fmt::format("{} runs, {} violations, hash {:016x}",
                                static_cast<std::int64_t>(static_cast<double>(report.runs) / years),
                                report.violation_count, report.hash));
  bench::print_fact("its events through a bare queue",
                    fmt::format("{} (sum {:x})", bench::figure(bare, "s"), sum));
  return report.violation_count == 0 ? 0 : 1;
}
