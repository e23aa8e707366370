#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>
#include <string>

#include "fleet/decode_testing.h"
#include "fleet/load.h"
#include "fleet/preflight.h"

namespace takt::fleet {
namespace {

using namespace std::chrono_literals;
using testing::decode_text;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::job_of;
using testing::lines_of;
using testing::problems_of;

using Argv = std::vector<std::string>;

std::string read_test_file(const std::string& name) {
  std::ifstream file{TAKT_SOURCE_DIR "/src/fleet/testdata/" + name};
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Decode, AFleetWithoutJobsIsValidAndOdd) {
  for (const char* text : {"", "# nothing\n", "[fleet]\n", "[job]\n"}) {
    const Loaded loaded = decode_text(text);
    EXPECT_TRUE(loaded.spec) << text;
    EXPECT_THAT(lines_of(loaded.problems), ElementsAre("1:1 warning: the fleet has no jobs"));
  }
}

TEST(Decode, TheFilesNameAndFolderAreTheDefaults) {
  const Loaded loaded = decode("[job.a]\nrun = 'x'\n", "/srv/app/My Bot.toml");
  ASSERT_TRUE(loaded.spec);
  EXPECT_EQ(loaded.spec->name, "my-bot");
  EXPECT_EQ(loaded.spec->state_dir, "/srv/app/state/my-bot");
  EXPECT_EQ(loaded.spec->jobs[0].command->cwd, "/srv/app");
  EXPECT_EQ(loaded.spec->timezone, "UTC");
  EXPECT_EQ(loaded.spec->ageing, 10min);
  EXPECT_EQ(loaded.spec->max_running, 1000);
}

TEST(Decode, EverySupportedKeyArrives) {
  const Loaded loaded = decode_text(read_test_file("every-key.toml"));
  ASSERT_THAT(lines_of(loaded.problems), IsEmpty());
  const core::FleetSpec& fleet = *loaded.spec;
  EXPECT_EQ(fleet.name, "every-key");
  EXPECT_EQ(fleet.timezone, "UTC");
  EXPECT_EQ(fleet.state_dir, "/srv/app/var");
  EXPECT_EQ(fleet.ageing, 5min);
  EXPECT_EQ(fleet.max_running, 7);
  EXPECT_THAT(fleet.cleanup->argv, ElementsAre("sync", "-d"));
  EXPECT_EQ(fleet.cleanup->cwd, "/srv/app");
  EXPECT_EQ(fleet.memory.high, core::MemoryLimit(core::UsedRatio{0.755}));
  EXPECT_EQ(fleet.memory.critical, core::MemoryLimit(core::BytesLeft{256 << 20}));
  EXPECT_EQ(fleet.memory.source, core::MemorySourceWanted::system);
  EXPECT_THAT(fleet.pools, ElementsAre(core::PoolSpec{"browser", 3, {1, 1, 0, 0}},
                                       core::PoolSpec{"api", 10, {}}));
  EXPECT_EQ(fleet.ping, "https://hc.example.org/ping");
  ASSERT_EQ(fleet.health.size(), 1U);
  EXPECT_EQ(fleet.health[0].probes.size(), 8U);
  ASSERT_EQ(fleet.contacts.size(), 3U);
  ASSERT_EQ(fleet.jobs.size(), 5U);

  const core::JobSpec& job = fleet.jobs[0];
  EXPECT_EQ(job.name, "first");
  EXPECT_EQ(job.schedule, core::Schedule(core::EveryBetween{90min, 120min, 3min}));
  EXPECT_EQ(job.jitter, 10s);
  EXPECT_EQ(job.start_within, 20min);
  EXPECT_EQ(job.catchup, core::Catchup::all);
  EXPECT_EQ(job.catchup_max, 12);
  EXPECT_EQ(job.priority, core::Priority::P1);
  EXPECT_TRUE(job.critical);
  EXPECT_FALSE(job.enabled);
  EXPECT_EQ(job.overlap, core::Overlap::queue);
  EXPECT_EQ(job.delivery, core::Delivery::at_most_once);
  EXPECT_EQ(job.retry.retries, 2);
  EXPECT_EQ(job.retry.first, 1s);
  EXPECT_EQ(job.retry.factor, 1.5);
  EXPECT_EQ(job.retry.max, 1min);
  EXPECT_EQ(job.retry.jitter, 0.25);
  EXPECT_THAT(job.retry.on, ElementsAre(core::Outcome::timeout));
  EXPECT_THAT(job.retry.on_exit_codes, ElementsAre(75, 111));
  EXPECT_EQ(job.timeout, 10min);
  EXPECT_EQ(job.kill_grace, 0s);
  EXPECT_EQ(job.hung_after, 15min);
  EXPECT_EQ(job.stale_after, 3h);
  EXPECT_EQ(job.late_after, 5min);
  EXPECT_EQ(job.quarantine_after, 4);
  EXPECT_EQ(job.expect, 3min);
  EXPECT_THAT(*job.needs,
              ElementsAre(core::Need{"second", 30min, 20min, core::OnTimeout::run},
                          core::Need{"third", std::nullopt, 10min, core::OnTimeout::skip}));
  EXPECT_THAT(*job.uses, ElementsAre(core::Use{0, 1}, core::Use{1, 2}));
  EXPECT_EQ(*job.tells, (core::Tells{{1, 0}, {2}}));
  EXPECT_THAT(job.tags, ElementsAre("posts", "slow"));
  EXPECT_EQ(job.doc, "What it is for.");
  ASSERT_EQ(job.params.size(), 2U);
  EXPECT_EQ(job.params[0].name, "count");
  EXPECT_EQ(job.params[0].type, core::ParamType::integer);
  EXPECT_EQ(job.params[0].default_value, "3");
  EXPECT_EQ(job.params[0].min, 1);
  EXPECT_EQ(job.params[0].max, 9);
  EXPECT_EQ(job.params[1].default_value, "true");

  const core::Command& command = *job.command;
  EXPECT_EQ(command.argv, (Argv{"/bin/sh", "-c", "echo hello"}));
  EXPECT_EQ(command.nice, 5);
  EXPECT_EQ(command.user, "nobody");
  EXPECT_EQ(command.cwd, "/srv/work");
  EXPECT_EQ(command.umask, 027U);
  EXPECT_THAT(command.env, ElementsAre(std::pair<std::string, std::string>{"A", "1"},
                                       std::pair<std::string, std::string>{"b_2", ""}));
  EXPECT_EQ(command.env_file, "/srv/app/secret.env");
  EXPECT_EQ(command.log_max_bytes, 2U << 20U);
  EXPECT_EQ(command.keep_runs, 11);
  EXPECT_EQ(command.keep_for, 48h);
  EXPECT_EQ(command.memory_max_bytes, std::int64_t{1} << 30U);

  EXPECT_EQ(fleet.jobs[1].command->argv, (Argv{"program", "", "x y"}));
  EXPECT_EQ(fleet.jobs[1].schedule, core::Schedule(core::After{10min}));

  const core::CronRule& rule = *std::get<core::Cron>(fleet.jobs[2].schedule).rule;
  EXPECT_EQ(rule.fields, core::parse_cron("30 2 * * 1-5", "third", core::DayMode::both));
  EXPECT_EQ(rule.zone->name(), "Europe/Berlin");
  EXPECT_EQ(rule.gap, core::DstGap::skip);
  EXPECT_EQ(rule.overlap, core::DstOverlap::both);
  EXPECT_EQ(fleet.jobs[3].schedule,
            core::Schedule(core::At{*parse_rfc3339("2030-12-01T08:00:00Z")}));
}

TEST(Decode, JobsComeInTheOrderOfTheFile) {
  const Loaded loaded = decode_text("[job.b]\nrun='x'\n[job.a]\nrun='x'\n[job.c]\nrun='x'\n");
  ASSERT_TRUE(loaded.spec);
  EXPECT_EQ(loaded.spec->jobs[0].name, "b");
  EXPECT_EQ(loaded.spec->jobs[1].name, "a");
  EXPECT_EQ(loaded.spec->jobs[2].name, "c");
}

TEST(Decode, DottedKeysAndInlineTablesSayTheSameAsHeaders) {
  const char* const texts[] = {
      "[job.a]\nrun = 'x'\nevery = '5m'\nbackoff = { first = '1s' }\n",
      "[job.a]\nrun = 'x'\nevery = '5m'\n[job.a.backoff]\nfirst = '1s'\n",
      "[job.a.backoff]\nfirst = '1s'\n[job.a]\nrun = 'x'\nevery = '5m'\n",
      "job.a.run = 'x'\njob.a.every = '5m'\njob.a.backoff.first = '1s'\n",
      "[job]\na = { run = 'x', every = '5m', backoff.first = '1s' }\n",
      "job = { a = { run = 'x', every = '5m', backoff = { first = '1s' } } }\n",
  };
  for (const char* text : texts) {
    const core::JobSpec job = job_of(text);
    EXPECT_EQ(job.name, "a") << text;
    EXPECT_EQ(job.schedule, core::Schedule(core::Every{5min, std::nullopt})) << text;
    EXPECT_EQ(job.retry.first, 1s) << text;
  }
}

TEST(Decode, ByteOrderMarkAndWindowsLineEndsAreFine) {
  EXPECT_THAT(problems_of("\xEF\xBB\xBF[job.a]\r\nrun = \"x\"\r\n"), IsEmpty());
  EXPECT_THAT(problems_of("\xEF\xBB\xBFname = 1\r\n"),
              ElementsAre("1:1 error: unknown key 'name'"));
}

TEST(Decode, ALetterBehindALineEndingBackslashIsAValidFile) {
  EXPECT_EQ(job_of("[job.a]\nrun = 'x'\ndoc = \"\"\"a\\\n  \xC3\xA9\"\"\"\n").doc, "a\xC3\xA9");
}

TEST(Decode, TheOwnersFleetIsRefusedForItsKindOfPoolAlone) {
  const Loaded loaded = decode_text(read_test_file("social-bot-full.toml"));
  EXPECT_FALSE(loaded.spec);
  EXPECT_THAT(lines_of(loaded.problems),
              ElementsAre("16:16 error: kind = \"chromium\" is not supported yet"));
}

TEST(Decode, TheOwnersFleetLoadsWithAPlainPool) {
  const Loaded loaded = decode_text(read_test_file("social-bot-plain.toml"));
  EXPECT_THAT(lines_of(loaded.problems),
              ElementsAre("19:1 warning: idle_timeout changes nothing: it is for chromium pools, "
                          "and this one is plain"));
  ASSERT_TRUE(loaded.spec);
  const core::FleetSpec& fleet = *loaded.spec;
  EXPECT_EQ(fleet.jobs.size(), 20U);
  EXPECT_EQ(fleet.memory, core::MemorySpec{});
  EXPECT_THAT(fleet.pools, ElementsAre(core::PoolSpec{"browser", 3, {1, 0, 0, 0}}));
  EXPECT_EQ(std::ranges::count_if(fleet.jobs, [](const auto& j) { return !j.uses->empty(); }), 12);
  const auto job = [&](std::string_view name) -> const core::JobSpec& {
    return *std::ranges::find(fleet.jobs, name, &core::JobSpec::name);
  };
  EXPECT_THAT(*job("reply_posting").needs,
              ElementsAre(core::Need{"mega_viral_harvester", 30min, 20min}));
  EXPECT_THAT(*job("learning").needs, ElementsAre(core::Need{"metrics_scraper", 40min}));
  EXPECT_EQ(job("posting").uses.pointer(), job("id_recovery").uses.pointer());
  EXPECT_EQ(job("job_watchdog").builtin, core::Builtin::watchdog);
  EXPECT_EQ(job("db_retry_queue").builtin, core::Builtin::journal_replay);
  EXPECT_EQ(job("health_check").builtin, core::Builtin::health);
  EXPECT_EQ(job("health_check").health, 0U);
  EXPECT_EQ(job("health_check").hung_after, 15min);
  EXPECT_THAT(lines_of(advise(fleet, loaded.where)), IsEmpty());
}

TEST(Decode, TheOwnersHealthCheckArrives) {
  const Loaded loaded = decode_text(read_test_file("social-bot-plain.toml"));
  ASSERT_TRUE(loaded.spec);
  ASSERT_EQ(loaded.spec->health.size(), 1U);
  const core::HealthSpec& check = loaded.spec->health[0];
  EXPECT_EQ(check.name, "content_pipeline");
  EXPECT_EQ(check.database, "/srv/app/content.db");
  ASSERT_EQ(check.probes.size(), 4U);
  const core::Remedy plan = core::RunJob{"plan", core::Priority::P0, {}};
  EXPECT_EQ(check.probes[0].of,
            core::ProbeOf(core::SqlProbe{"select max(created_at) from content"}));
  EXPECT_EQ(check.probes[0].condition, core::Condition(core::Fresh{3h}));
  EXPECT_THAT(check.probes[0].otherwise, ElementsAre(plan));
  EXPECT_EQ(check.probes[1].of, core::ProbeOf(core::JobProbe{"plan"}));
  EXPECT_EQ(check.probes[2].condition, core::Condition(core::AtLeast{1}));
  EXPECT_EQ(check.probes[3].condition, core::Condition(core::AtMost{0}));
  ASSERT_EQ(check.probes[3].otherwise.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<core::RunSql>(check.probes[3].otherwise[0]));
  EXPECT_EQ(check.probes[3].otherwise[1], core::Remedy(core::TellEvent{core::Severity::warning}));
}

TEST(Decode, PositionsOfJobsAndKeysAreKeptForLaterAdvice) {
  const Loaded loaded = decode_text(
      "[defaults]\nhung_after = '15m'\n[job.b]\nrun = 'x'\n[job.a]\nrun = 'y'\nhung_after = "
      "'1m'\n");
  ASSERT_TRUE(loaded.spec);
  EXPECT_EQ(loaded.where.job(0), (Position{3, 1}));
  EXPECT_EQ(loaded.where.value(0, "run"), (Position{4, 7}));
  EXPECT_EQ(loaded.where.value(0, "hung_after"), (Position{2, 14}));
  EXPECT_EQ(loaded.where.value(1, "hung_after"), (Position{7, 14}));
  EXPECT_EQ(loaded.where.value(1, "cwd"), (Position{5, 1}));
  EXPECT_EQ(loaded.where.value(9, "cwd"), (Position{}));
}

TEST(Decode, AHundredThousandJobsAreDecoded) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) {
    text += fmt::format("[job.j{}]\nrun = ['p', '{}']\nevery = '5m'\n", i, i);
  }
  const Loaded loaded = decode_text(text);
  ASSERT_TRUE(loaded.spec);
  ASSERT_EQ(loaded.spec->jobs.size(), 100'000U);
  EXPECT_EQ(loaded.spec->jobs[99'999].name, "j99999");
  EXPECT_EQ(loaded.where.job(99'999).line, 299'998);
}

}  // namespace
}  // namespace takt::fleet
