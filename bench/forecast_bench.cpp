// The forecast of the next hour, and `why`, from the live state of the example fleet: the fleet is
// played for a day first, so that it has history and things under way. The bare figure is the copy of
// the coordinator alone, which a forecast begins with.
//   takt_forecast_bench [rounds, 200]

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "base/match.h"
#include "core/coordinator.h"
#include "core/forecast.h"
#include "fleet/load.h"
#include "table.h"

namespace {

using namespace takt;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr const char* kFleet = TAKT_SOURCE_DIR "/examples/social-bot/fleet.toml";
constexpr double kHourMaxMs = 5;

double milliseconds_of(const std::function<void()>& work) {
  const auto begun = Clock::now();
  work();
  return std::chrono::duration<double, std::milli>(Clock::now() - begun).count();
}

core::FleetSpec example() {
  fleet::Loaded loaded = fleet::load(kFleet, {.trust_file = true});
  if (loaded.spec) return *std::move(loaded.spec);
  std::fprintf(stderr, "takt_forecast_bench: %s cannot be read\n", kFleet);
  std::exit(1);
}

/// A fleet whose attempts take as long as expected, on a clock of its own.
class Played {
 public:
  explicit Played(const core::FleetSpec& spec)
      : daemon_(spec, {}, {NodeId{"bench"}, 1, "boot"}, 1, now_) {
    perform(daemon_.open(now_));
  }

  const core::Coordinator& daemon() const { return daemon_; }
  Instant now() const { return now_; }

  void play_until(Instant end) {
    for (;;) {
      const Instant ending = ends_.empty() ? Instant::max() : ends_.top().first;
      const Instant next = std::min(daemon_.next_wake(), ending);
      if (next > end) break;
      now_ = std::max(now_, next);
      if (ending > now_) {
        tell(core::Tick{});
        continue;
      }
      core::ProcessEnd ended;
      ended.exit_code = 0;
      const Token token = ends_.top().second;
      ends_.pop();
      tell(core::AttemptEnded{token, ended});
    }
    now_ = end;
  }

 private:
  void tell(const core::Event& event) { perform(daemon_.handle(event, now_)); }

  void perform(const core::Effects& effects) {
    for (const core::Effect& effect : effects) {
      if (const auto* persist = std::get_if<core::Persist>(&effect)) {
        tell(core::Recorded{persist->batch.seq});
      } else if (const auto* launch = std::get_if<core::LaunchAttempt>(&effect)) {
        const Duration length = daemon_.spec().jobs[launch->job].expect.value_or(1min);
        ends_.emplace(now_ + length, launch->token);
        tell(core::AttemptStarted{launch->token, {}});
      }
    }
  }

  Instant now_{24h * 365 * 56};
  core::Coordinator daemon_;
  std::priority_queue<std::pair<Instant, Token>, std::vector<std::pair<Instant, Token>>,
                      std::greater<>>
      ends_;
};

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 200;
  Played fleet(example());
  fleet.play_until(fleet.now() + 24h);

  bench::Samples copies;
  bench::Samples hours;
  bench::Samples whys;
  bench::Samples pools;
  std::size_t starts = 0;
  for (int round = 0; round < rounds; ++round) {
    fleet.play_until(fleet.now() + 7min);  // another moment each time
    const core::Coordinator& daemon = fleet.daemon();
    copies.push_back(milliseconds_of([&] { const core::Coordinator twin(daemon); }));
    hours.push_back(milliseconds_of([&] {
      starts = core::forecast(daemon, fleet.now(), fleet.now() + 1h, core::Pace::usual,
                              [](const core::ForecastStart&) { return false; })
                   .size();
    }));
    whys.push_back(milliseconds_of([&] { (void)daemon.why("reply_posting", fleet.now()); }));
    pools.push_back(milliseconds_of([&] { (void)daemon.pool_views(fleet.now()); }));
  }
  bench::print_head();
  bench::print({.what = "forecast of the next hour",
                .unit = "ms",
                .takt = hours,
                .target = kHourMaxMs,
                .share = 0.99});
  bench::print_fact("starts in that hour", std::to_string(starts));
  bench::print_fact("why reply_posting, three playings", bench::figure(whys, "ms", 0.99));
  bench::print_fact("pools with expected starts", bench::figure(pools, "ms", 0.99));
  bench::print_fact("the copy alone", bench::figure(copies, "ms", 0.99));
  return 0;
}
