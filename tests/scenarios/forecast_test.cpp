// A forecast against the fleet itself: when every attempt takes exactly its expected length and ends
// well, what was forecast is what happens.

#include "core/forecast.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "scenarios/fleet_words.h"
#include "scenarios/hand_shell.h"

namespace takt::scenarios {
namespace {

using namespace std::chrono_literals;

core::FleetSpec fleet_of(const std::vector<std::vector<std::string>>& pools,
                         const std::vector<std::vector<std::string>>& jobs) {
  core::FleetSpec fleet;
  fleet.name = "forecast";
  for (const auto& words : pools) fleet.pools.push_back(pool_of(words));
  for (const auto& words : jobs) fleet.jobs.push_back(job_of(fleet, words));
  return fleet;
}

/// A dozen jobs that fight over two pools, with needs.
core::FleetSpec busy_fleet() {
  return fleet_of(
      {{"browser", "slots=2", "reserve=P0:1"}, {"db", "slots=2"}},
      {{"posting", "every=5m", "offset=0s", "priority=P0", "uses=browser:1", "expect=90s"},
       {"reply", "every=30m", "offset=1m", "priority=P0", "uses=browser:1", "expect=4m",
        "needs=harvester:30m:20m"},
       {"harvester", "every=2h", "offset=10m", "priority=P1", "uses=browser:1", "expect=10m"},
       {"metrics", "every=20m", "offset=7m", "priority=P1", "uses=browser:1,db:1", "expect=4m"},
       {"learning", "every=1h", "offset=32m", "needs=metrics:40m", "uses=db:2", "expect=3m"},
       {"news", "every=1h", "offset=52m", "priority=P3", "uses=browser:1", "expect=4m"},
       {"clean", "every=15m", "offset=2m", "priority=P3", "uses=db:1", "expect=6m"},
       {"chain", "after=3m", "expect=2m"}});
}

struct Start {
  RunId run;
  Instant at;
  friend bool operator==(const Start&, const Start&) = default;
};

/// Plays a fleet with exact lengths and notes its starts.
class Exact {
 public:
  explicit Exact(core::FleetSpec fleet)
      : shell_(std::move(fleet), 1, [this](WallTime, const core::Effect& effect) {
          const auto* launch = std::get_if<core::LaunchAttempt>(&effect);
          if (launch != nullptr) launched_.push_back(*launch);
        }) {
    shell_.start(0s);
    take_up();
  }

  const core::Coordinator& daemon() const { return shell_.daemon(); }
  Instant now() const { return shell_.now(); }
  const std::vector<Start>& starts() const { return starts_; }

  void play_until(Instant end) {
    while (next() <= end) {
      shell_.advance(next() - shell_.now());
      take_up();
      end_due();
    }
    if (end > now()) shell_.advance(end - now());
  }

 private:
  Instant next() const {
    const Instant end = ends_.empty() ? Instant::max() : ends_.begin()->first;
    return std::max(shell_.now(), std::min(end, shell_.daemon().next_wake()));
  }

  void take_up() {
    while (!launched_.empty()) {
      const core::LaunchAttempt launch = launched_.front();
      launched_.erase(launched_.begin());
      starts_.push_back({launch.run, now()});
      ends_.emplace(now() + *shell_.spec().jobs[launch.job].expect, launch.token);
      shell_.started(launch.token);
    }
  }

  void end_due() {
    while (!ends_.empty() && ends_.begin()->first <= now()) {
      const Token token = ends_.begin()->second;
      ends_.erase(ends_.begin());
      core::ProcessEnd end;
      end.exit_code = 0;
      shell_.ended(token, end);
      take_up();
    }
  }

  std::vector<core::LaunchAttempt> launched_;
  std::vector<Start> starts_;
  std::multimap<Instant, Token> ends_;
  HandShell shell_;
};

/// Starts by run: those of one instant may be told in another order.
std::vector<Start> sorted(std::vector<Start> starts) {
  std::ranges::sort(starts, {}, &Start::run);
  return starts;
}

std::vector<Start> forecast_from(const core::Coordinator& daemon, Instant now, Instant until) {
  std::vector<Start> starts;
  for (const auto& start : core::forecast(daemon, now, until, core::Pace::usual,
                                          [](const core::ForecastStart&) { return false; })) {
    starts.push_back({start.run, start.at});
  }
  return starts;
}

TEST(Forecast, IsWhatHappensWhenLengthsAreExact) {
  for (const Duration age : {Duration{0}, Duration{61min}, Duration{125min}, Duration{7h + 13s}}) {
    Exact fleet(busy_fleet());
    fleet.play_until(fleet.now() + age);
    const Instant from = fleet.now();
    const std::size_t before = fleet.starts().size();
    const auto expected = forecast_from(fleet.daemon(), from, from + 3h);
    fleet.play_until(from + 3h);
    const std::vector<Start> happened(fleet.starts().begin() + static_cast<std::ptrdiff_t>(before),
                                      fleet.starts().end());
    EXPECT_GT(happened.size(), 50U);
    EXPECT_EQ(sorted(expected), sorted(happened)) << "at the age of " << format_duration(age);
  }
}

TEST(Forecast, ChangesNothingOfTheFleetItself) {
  Exact played(busy_fleet());
  Exact asked(busy_fleet());
  for (int hour = 1; hour <= 6; ++hour) {
    played.play_until(played.now() + 1h);
    asked.play_until(asked.now() + 1h);
    EXPECT_FALSE(forecast_from(asked.daemon(), asked.now(), asked.now() + 2h).empty());
    EXPECT_TRUE(asked.daemon().why("reply", asked.now()));
  }
  EXPECT_EQ(played.starts(), asked.starts());
}

TEST(Forecast, EndsWithTheStartThatIsAskedFor) {
  const Exact fleet(busy_fleet());
  const auto starts = core::forecast(
      fleet.daemon(), fleet.now(), fleet.now() + 12h, core::Pace::usual,
      [&](const core::ForecastStart& start) { return start.at >= fleet.now() + 32min; });
  ASSERT_FALSE(starts.empty());
  EXPECT_EQ(starts.back().at, fleet.now() + 32min);
}

TEST(Forecast, SaysWhenAWaitingRunStartsAndWithinWhatSpan) {
  const auto fleet =
      fleet_of({{"db", "slots=1"}},
               {{"hog", "every=1h", "offset=0s", "priority=P0", "uses=db:1", "expect=10m"},
                {"next", "every=1h", "offset=1m", "uses=db:1", "expect=1m"}});
  Exact exact(fleet);
  exact.play_until(exact.now() + 1min);
  const auto why = exact.daemon().why("next", exact.now());
  ASSERT_TRUE(why && why->expected_start);
  const WallTime start = exact.daemon().wall(exact.now()) - 1min;
  EXPECT_EQ(why->expected_start->from, start + 5min);
  EXPECT_EQ(why->expected_start->at, start + 10min);
  EXPECT_EQ(why->expected_start->to, start + 15min);
}

TEST(Forecast, KnowsNothingOfAJobThatWaitsForAPerson) {
  Exact exact(fleet_of({}, {{"off", "every=1h", "offset=0s", "enabled=false"}}));
  const auto why = exact.daemon().why("off", exact.now());
  ASSERT_TRUE(why);
  EXPECT_FALSE(why->expected_start);
}

TEST(Forecast, TellsThePoolsQueueWhenItGoesOn) {
  const auto fleet =
      fleet_of({{"db", "slots=1"}},
               {{"hog", "every=1h", "offset=0s", "priority=P0", "uses=db:1", "expect=10m"},
                {"second", "every=1h", "offset=1m", "priority=P1", "uses=db:1", "expect=5m"},
                {"third", "every=1h", "offset=1m", "uses=db:1", "expect=5m"}});
  Exact exact(fleet);
  exact.play_until(exact.now() + 1min);
  const auto pools = exact.daemon().pool_views(exact.now());
  ASSERT_EQ(pools.size(), 1U);
  EXPECT_EQ(pools[0].used, 1);
  ASSERT_EQ(pools[0].holders.size(), 1U);
  EXPECT_EQ(pools[0].holders[0].job, "hog");
  ASSERT_EQ(pools[0].queue.size(), 2U);
  const WallTime start = exact.daemon().wall(exact.now()) - 1min;
  EXPECT_EQ(pools[0].queue[0].job, "second");
  EXPECT_EQ(pools[0].queue[0].expected_at, start + 10min);
  EXPECT_EQ(pools[0].queue[1].expected_at, start + 15min);
}

}  // namespace
}  // namespace takt::scenarios
