// What is proposed from a simulated life raises no alarm when that life is lived again under it.

#include "core/tune.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/job_history.h"
#include "fleet/load.h"
#include "sim/simulate.h"

namespace takt::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kFleet = R"(
[job.posting]
run = "x"
every = "5m"
expect = "20s"
[job.report]
run = "x"
cron = "30 6,18 * * *"
expect = "10m"
[job.cleanup]
run = "x"
after = "25m"
expect = "3m"
[job.drawn]
run = "x"
every = "50m..80m"
expect = "1m"
)";

core::FleetSpec fleet() {
  auto loaded = fleet::decode(kFleet, "/srv/fleet.toml");
  EXPECT_TRUE(loaded.spec);
  return std::move(*loaded.spec);
}

struct Life {
  core::JobHistories histories;
  std::int64_t alarms = 0;
};

Life live(const core::FleetSpec& spec) {
  Life life;
  core::HistoryCollector collector;
  Options options{.length = 14 * 24h, .seed = 7, .faults = false};
  options.committed = [&](const core::Batch& batch) {
    collector.add(batch);
    life.alarms += std::ranges::count_if(batch.rows, [](const core::Row& row) {
      const auto* event = std::get_if<core::EventRow>(&row);
      return event != nullptr && (event->kind == core::EventKind::job_hung ||
                                  event->kind == core::EventKind::job_stuck ||
                                  event->kind == core::EventKind::job_overdue);
    });
  };
  EXPECT_EQ(simulate(spec, options).violation_count, 0);
  life.histories = collector.take();
  return life;
}

TEST(TuneASimulation, ProposedThresholdsRaiseNoAlarmInTheLifeThatTheyCameFrom) {
  auto spec = fleet();
  auto before = live(spec);
  for (auto& job : spec.jobs) {
    const auto tuning = core::tune(job, before.histories[job.name], true);
    EXPECT_EQ(tuning.note, "") << job.name;
    ASSERT_EQ(tuning.proposals.size(), 3U) << job.name;
    job.hung_after = tuning.proposals[0].proposed;
    job.late_after = tuning.proposals[1].proposed;
    job.stale_after = tuning.proposals[2].proposed;
  }
  EXPECT_EQ(live(spec).alarms, 0);
}

TEST(TuneASimulation, ThresholdsThatAreTooTightDoRaiseAlarms) {
  auto spec = fleet();
  for (auto& job : spec.jobs) job.stale_after = 1min;
  EXPECT_GT(live(spec).alarms, 0);
}

}  // namespace
}  // namespace takt::sim
