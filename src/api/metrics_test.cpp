#include "api/metrics.h"

#include <gmock/gmock.h>

#include <set>
#include <sstream>

namespace takt::api {
namespace {

using testing::HasSubstr;
using testing::Not;

Metrics sample() {
  Metrics m;
  m.ready = true;
  m.fleet.name = "de\"mo\\\n";
  m.fleet.states[static_cast<int>(core::JobState::paused)] = 1;
  m.fleet.journal = {.used_bytes = 512, .capacity_bytes = 1024};
  m.jobs = {{.name = "posting"}, {.name = "news", .state = core::JobState::paused}};
  m.jobs[0].running = core::RunningAttempt{.run = RunId{1}, .progress = 42, .note = "secret words"};
  m.jobs[0].last_success_at = wall_from_millis(1'500);
  m.jobs[0].p50 = Duration{2500};
  m.counters.runs["posting"]["ok"] = 3;
  m.counters.slots[{"skipped", "overlap"}] = 2;
  m.counters.events[{"job_hung", "error"}] = 1;
  m.counters.lateness.add(Duration{5});
  m.counters.lateness.add(Duration{1'000'000});
  m.counters.detection["job_hung"].add(Duration{12});
  return m;
}

TEST(Metrics, AreInTheTextFormat) {
  const std::string text = render(sample());
  EXPECT_THAT(text,
              HasSubstr("# HELP takt_up The daemon answers.\n# TYPE takt_up gauge\ntakt_up 1\n"));
  EXPECT_THAT(text, HasSubstr("takt_jobs{state=\"paused\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("takt_jobs{state=\"running\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("takt_runs_total{job=\"posting\",outcome=\"ok\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("takt_slots_total{disposition=\"skipped\",reason=\"overlap\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("takt_job_last_success_seconds{job=\"posting\"} 1.5\n"));
  EXPECT_THAT(text, HasSubstr("takt_job_progress_ratio{job=\"posting\"} 0.42\n"));
  EXPECT_THAT(text, HasSubstr("{job=\"posting\",quantile=\"0.5\"} 2.5\n"));
  EXPECT_THAT(text, HasSubstr("takt_journal_used_bytes 512\n"));
  EXPECT_EQ(text.back(), '\n');
}

TEST(Metrics, LabelsAreEscapedAndNothingThatAJobSaysIsTold) {
  const std::string text = render(sample());
  EXPECT_THAT(text, HasSubstr("fleet=\"de\\\"mo\\\\\\n\""));
  EXPECT_THAT(text, Not(HasSubstr("secret")));
}

TEST(Metrics, BucketsAddUp) {
  const std::string text = render(sample());
  EXPECT_THAT(text, HasSubstr("takt_start_lateness_seconds_bucket{le=\"0.005\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("takt_start_lateness_seconds_bucket{le=\"300\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("takt_start_lateness_seconds_bucket{le=\"+Inf\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("takt_start_lateness_seconds_sum 1000.005\n"));
  EXPECT_THAT(text, HasSubstr("takt_start_lateness_seconds_count 2\n"));
  EXPECT_THAT(text, HasSubstr("takt_detection_seconds_bucket{kind=\"job_hung\",le=\"0.025\"} 1\n"));
}

/// What a scraper insists on: each family once, its samples together, HELP and TYPE first.
TEST(Metrics, EachFamilyStandsTogether) {
  std::istringstream lines{render(sample())};
  std::set<std::string> seen;
  std::string family;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words{line};
    std::string first;
    std::string second;
    std::string name;
    words >> first >> second >> name;
    if (first == "#") {
      if (second == "HELP") {
        EXPECT_TRUE(seen.insert(name).second) << name << " twice";
        family = name;
      }
      EXPECT_EQ(name, family);
    } else {
      EXPECT_TRUE(line.starts_with(family)) << line << " in " << family;
    }
  }
  EXPECT_GE(seen.size(), 25U);
}

TEST(Metrics, WithoutJobsThereAreSumsOnly) {
  Metrics m = sample();
  m.jobs.clear();
  const std::string text = render(m);
  EXPECT_THAT(text, Not(HasSubstr("takt_job_running{")));
  EXPECT_THAT(text, HasSubstr("takt_jobs{state=\"idle\"}"));
}

}  // namespace
}  // namespace takt::api
