// How soon the watchdog notices, over a thousand simulated faults; and that it is silent over a year in which
// jobs take between half and one and a half times as long as expected, and nothing is wrong.

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <string>

#include "core/plan.h"
#include "core/plan_runs.h"
#include "fleet/load.h"
#include "sim/campaign_for_test.h"
#include "sim/simulate.h"

namespace takt::sim {
namespace {

using namespace std::chrono_literals;

core::FleetSpec social_bot() {
  std::ifstream file{TAKT_SOURCE_DIR "/src/fleet/testdata/social-bot-plain.toml"};
  const std::string text(std::istreambuf_iterator<char>(file), {});
  auto loaded = fleet::decode(text, "/srv/fleet.toml");
  EXPECT_TRUE(loaded.spec);
  return std::move(*loaded.spec);
}

bool is_verdict(core::EventKind kind) {
  return kind == core::EventKind::job_hung || kind == core::EventKind::job_stuck ||
         kind == core::EventKind::job_overdue;
}

/// The verdicts of a life, by how late they came after their thresholds.
struct Verdicts {
  std::map<core::EventKind, std::int64_t> count;
  Duration latest{0};
  std::string first;

  void see(const core::Batch& batch) {
    for (const core::Row& row : batch.rows) {
      const auto* event = std::get_if<core::EventRow>(&row);
      if (event == nullptr || !is_verdict(event->kind)) continue;
      count[event->kind] += 1;
      if (first.empty()) first = format_rfc3339(event->at) + " " + event->text;
      for (const auto& [key, value] : event->data) {
        if (key != "noticed_after_ms") continue;
        std::int64_t ms = 0;
        std::from_chars(value.data(), value.data() + value.size(), ms);
        latest = std::max(latest, Duration{ms});
      }
    }
  }
  std::int64_t all() const {
    std::int64_t sum = 0;
    for (const auto& [kind, n] : count) sum += n;
    return sum;
  }
};

/// Jobs that hang, fall silent, fail and crawl; a daemon that dies now and then, and a slow store.
Mix trouble() {
  Mix mix;
  mix.weight.fill(0);
  for (const auto& [fault, weight] : {std::pair{Fault::job_hangs, 6},
                                      {Fault::job_goes_silent, 2},
                                      {Fault::job_fails, 4},
                                      {Fault::job_slow, 2},
                                      {Fault::job_ignores_sigterm, 2},
                                      {Fault::store_slow, 1},
                                      {Fault::daemon_killed, 1}}) {
    mix.weight_of(fault) = weight;
  }
  mix.per_day = 60;
  return mix;
}

TEST(Detection, AThousandHangsAndStuckJobsAreEachNoticedWithinASecond) {
  Verdicts verdicts;
  Options options{.length = 60 * 24h, .seed = 11};
  options.committed = [&](const core::Batch& batch) { verdicts.see(batch); };
  const Report report = simulate(social_bot(), options, trouble());
  EXPECT_EQ(report.violation_count, 0) << told(report);
  EXPECT_GE(verdicts.all(), 1000);
  EXPECT_GE(verdicts.count[core::EventKind::job_hung], 500);
  EXPECT_GE(verdicts.count[core::EventKind::job_stuck], 50);
  EXPECT_LE(verdicts.latest, 1s);
  for (const JobReport& job : report.jobs) {  // as seen from outside: the kill after the limit
    EXPECT_LE(job.detection_max.value_or(0s), 1s) << job.name;
  }
}

/// With the offsets that `takt plan` proposes.
core::FleetSpec planned(core::FleetSpec spec) {
  const core::PlanRequest request{.line = {Instant{}, Duration{0}},
                                  .now = Instant{},
                                  .length = 24h,
                                  .lengths = core::expected_lengths(spec, {})};
  for (const core::PlannedOffset& one : core::make_plan(spec, request).offsets) {
    core::Schedule& schedule = spec.jobs[one.job].schedule;
    if (auto* every = std::get_if<core::Every>(&schedule)) every->offset = one.planned;
    if (auto* range = std::get_if<core::EveryBetween>(&schedule)) range->offset = one.planned;
  }
  return spec;
}

TEST(Detection, AYearOfJitterWithoutFaultsRaisesNoAlarm) {
  Verdicts verdicts;
  Options options{.length = 365 * 24h, .seed = 5, .faults = false, .check = false};
  options.durations_within = {0.5, 1.5};
  options.committed = [&](const core::Batch& batch) { verdicts.see(batch); };
  const Report report = simulate(planned(social_bot()), options);
  EXPECT_GT(report.runs, 250'000);
  EXPECT_EQ(verdicts.all(), 0) << verdicts.first;
}

}  // namespace
}  // namespace takt::sim
