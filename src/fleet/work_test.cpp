// What a job does: run, builtin, and the health check that belongs to one of them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "fleet/decode_testing.h"

namespace takt::fleet {
namespace {

using namespace std::chrono_literals;
using testing::decode_text;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::job_of;
using testing::problems_of;

const std::string kCheck = "[[health.h.probe]]\nname = 'p'\nmemory = true\nat_most = 90\n";

std::string hint_of(std::string_view text) { return decode_text(text).problems.at(0).hint; }

TEST(Builtin, EachWordArrives) {
  using core::Builtin;
  const auto builtin = [](std::string_view word) {
    return job_of(fmt::format("[job.a]\nbuiltin = '{}'\nevery = '5m'\n", word)).builtin;
  };
  EXPECT_EQ(builtin("watchdog"), Builtin::watchdog);
  EXPECT_EQ(builtin("journal_replay"), Builtin::journal_replay);
  EXPECT_EQ(builtin("retention"), Builtin::retention);
  EXPECT_EQ(job_of(kCheck + "[job.a]\nbuiltin = 'health'\nhealth = 'h'\n").builtin,
            Builtin::health);
  EXPECT_EQ(job_of("[job.a]\nrun = 'x'\n").builtin, Builtin::none);
}

TEST(Builtin, ThatIsNoneOfTheWordsIsRefused) {
  EXPECT_THAT(problems_of("[job.a]\nbuiltin = 'watchdg'\n"),
              ElementsAre("2:11 error: builtin must be \"watchdog\", \"health\", "
                          "\"journal_replay\" or \"retention\", not \"watchdg\""));
  EXPECT_EQ(hint_of("[job.a]\nbuiltin = 'watchdg'\n"), "did you mean 'watchdog'?");
  EXPECT_THAT(problems_of("[job.a]\nbuiltin = 'none'\n").size(), 1U);
  EXPECT_THAT(problems_of("[job.a]\nbuiltin = true\nhealth = 'h'\n" + kCheck).size(), 1U);
}

TEST(Builtin, AndRunExcludeEachOther) {
  EXPECT_THAT(problems_of("[job.a]\nrun = 'x'\nbuiltin = 'watchdog'\n"),
              ElementsAre("3:1 error: builtin and run exclude each other"));
}

TEST(Builtin, KeepsTheRecordsOfACommandAndNothingElseOfIt) {
  const core::JobSpec job = job_of(
      "[defaults]\nuser = 'nobody'\nenv = { A = '1' }\nnice = 5\nbeat_within = '1m'\n"
      "params = { n = { type = 'int', default = 3 } }\n"
      "[job.a]\nbuiltin = 'watchdog'\nkeep_runs = 7\nkeep_for = '1d'\nlog_max = '1M'\n"
      "hung_after = '2m'\nretries = 2\n");
  ASSERT_TRUE(job.command);
  EXPECT_THAT(job.command->argv, IsEmpty());
  EXPECT_THAT(job.command->env, IsEmpty());
  EXPECT_EQ(job.command->user, "");
  EXPECT_EQ(job.command->nice, 0);
  EXPECT_EQ(job.command->cwd, "/srv/app");
  EXPECT_EQ(job.command->keep_runs, 7);
  EXPECT_EQ(job.command->keep_for, 24h);
  EXPECT_EQ(job.command->log_max_bytes, 1U << 20U);
  EXPECT_THAT(job.params, IsEmpty());
  EXPECT_EQ(job.beat_within, std::nullopt);
  EXPECT_EQ(job.hung_after, 2min);
  EXPECT_EQ(job.retry.retries, 2);
}

TEST(Builtin, ItsOwnKeysOfACommandChangeNothing) {
  EXPECT_THAT(
      problems_of("[job.a]\nbuiltin = 'watchdog'\nnice = 5\n[job.a.env]\nA = '1'\n"),
      ElementsAre("3:1 warning: nice changes nothing: it is for commands, and takt does the work "
                  "of this job itself",
                  "4:1 warning: env changes nothing: it is for commands, and takt does the work of "
                  "this job itself"));
}

TEST(Builtin, OfTheDefaultsGivesWayToAJobsOwnWorkAndTheOtherWayRound) {
  const Loaded loaded = decode_text(
      "[defaults]\nbuiltin = 'retention'\n[job.a]\n[job.b]\nrun = 'x'\n[job.c]\nbuiltin = "
      "'watchdog'\n");
  ASSERT_TRUE(loaded.spec);
  EXPECT_EQ(loaded.spec->jobs[0].builtin, core::Builtin::retention);
  EXPECT_EQ(loaded.spec->jobs[1].builtin, core::Builtin::none);
  EXPECT_EQ(loaded.spec->jobs[1].command->argv.back(), "x");
  EXPECT_EQ(loaded.spec->jobs[2].builtin, core::Builtin::watchdog);
  const core::JobSpec job = job_of("[defaults]\nrun = 'x'\n[job.a]\nbuiltin = 'watchdog'\n");
  EXPECT_THAT(job.command->argv, IsEmpty());
}

TEST(HealthOfAJob, IsThePlaceOfItsCheck) {
  const Loaded loaded = decode_text(
      "[job.a]\nbuiltin = 'health'\nhealth = 'second'\n"
      "[[health.first.probe]]\nname = 'p'\nmemory = true\nat_most = 90\n"
      "[[health.second.probe]]\nname = 'p'\nmemory = true\nat_most = 90\n");
  ASSERT_TRUE(loaded.spec);
  EXPECT_EQ(loaded.spec->jobs[0].health, 1U);
}

TEST(HealthOfAJob, IsThereExactlyWithTheBuiltin) {
  EXPECT_THAT(problems_of("[job.a]\nbuiltin = 'health'\n" + kCheck),
              ElementsAre("1:1 error: job 'a' has no health"));
  EXPECT_THAT(problems_of("[job.a]\nrun = 'x'\nhealth = 'h'\n" + kCheck),
              ElementsAre("3:1 error: health is what builtin = \"health\" measures, which this job "
                          "is not"));
  EXPECT_THAT(problems_of("[job.a]\nbuiltin = 'watchdog'\nhealth = 'h'\n" + kCheck).size(), 1U);
  EXPECT_THAT(problems_of("[defaults]\nhealth = 'h'\n[job.a]\nbuiltin = 'health'\n[job.b]\nrun = "
                          "'x'\n" +
                          kCheck),
              IsEmpty());
}

TEST(HealthOfAJob, ThatIsNoCheckIsBlamedOnce) {
  EXPECT_THAT(problems_of("[job.a]\nbuiltin = 'health'\nhealth = 'g'\n" + kCheck),
              ElementsAre("3:10 error: there is no health check 'g'"));
  EXPECT_THAT(problems_of("[job.a]\nbuiltin = 'health'\nhealth = 3\n" + kCheck),
              ElementsAre("3:10 error: health must be the name of a health check, not the integer "
                          "3"));
  EXPECT_EQ(hint_of("[job.a]\nbuiltin = 'health'\nhealth = 'conten'\n[[health.content.probe]]\n"
                    "name = 'p'\nmemory = true\nat_most = 90\n"),
            "did you mean 'content'?");
  EXPECT_EQ(hint_of("[job.a]\nbuiltin = 'health'\nhealth = 'h'\n"),
            "add a table like [health.NAME] with its probes");
}

}  // namespace
}  // namespace takt::fleet
