// What is said about tables: unknown and unsupported ones, keys that exclude each other or are
// missing, names, syntax; and how [defaults] and jobs go together.

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

std::string hint_of(std::string_view text) { return decode_text(text).problems.at(0).hint; }

TEST(Tables, UnknownOnesComeWithTheNearestName) {
  EXPECT_THAT(problems_of("[jobs.a]\nrun = 'x'\n"), ElementsAre("1:1 error: unknown table 'jobs'"));
  EXPECT_EQ(hint_of("[jobs.a]\nrun = 'x'\n"), "did you mean 'job'?");
  EXPECT_EQ(hint_of("flete = 3\n"), "did you mean 'fleet'?");
  EXPECT_EQ(hint_of("max_running = 3\n"), "it belongs into [fleet]");
  EXPECT_EQ(hint_of("every = '5m'\n"), "it belongs into [job.NAME] or [defaults]");
  EXPECT_EQ(hint_of("[job.a]\nrun = 'x'\nevry = '5m'\n"), "did you mean 'every'?");
  EXPECT_EQ(hint_of("[job.a]\nrun = 'x'\nxyzzy = '5m'\n"), "");
  EXPECT_EQ(hint_of("[job.a]\nrun = 'x'\npriority = 'p1'\n"), "did you mean 'P1'?");
  EXPECT_EQ(hint_of("[job.a]\nrun = 'x'\noverlap = 'quueue'\n"), "did you mean 'queue'?");
}

TEST(Tables, AnUnknownTableOfAJobIsBlamedAtItsHeader) {
  EXPECT_THAT(problems_of("[job.a]\nrun = 'x'\n [job.a.bakoff]\nfirst = 3\n"),
              ElementsAre("3:2 error: unknown key 'bakoff' in [job.a]"));
}

TEST(Tables, ThatAreNoTablesAreRefused) {
  EXPECT_THAT(problems_of("fleet = 3\njob = []\ndefaults = 'x'\nmemory = 1\npool = true\nnotify = "
                          "3\nhealth = []\n"),
              ElementsAre("1:1 error: fleet must be a table, not the integer 3",
                          "2:1 error: job must be a table, not a list",
                          "3:1 error: defaults must be a table, not the string \"x\"",
                          "4:1 error: memory must be a table, not the integer 1",
                          "5:1 error: pool must be a table, not the boolean true",
                          "6:1 error: notify must be a table, not the integer 3",
                          "7:1 error: health must be a table, not a list"));
  EXPECT_THAT(problems_of("[job]\na = 3\n[[job.b]]\nrun = 'x'\n"),
              ElementsAre("2:1 error: job.a must be a table, not the integer 3",
                          "3:1 error: job.b must be a table, not a list"));
}

TEST(Tables, TheFleetsKeysAreChecked) {
  EXPECT_THAT(
      problems_of("[fleet]\nname = 'A'\ntimezone = '../etc/passwd'\nlisten = '127.0.0.1:7411'\n"
                  "ageing = '0s'\nmax_running = 100001\nstate_dir = ''\n"
                  "store = 'postgres://x'\ncleanup = []\nping = 'x'\nport = 1\n[job.a]\nrun='x'\n"),
      ElementsAre(
          "2:8 error: the fleet's name \"A\" has 'A' in it; only a-z, 0-9, '_', '.' and '-' "
          "are allowed",
          "3:12 error: there is no time zone \"../etc/passwd\"",
          "4:10 error: listen = \"127.0.0.1:7411\" is not supported yet",
          "5:10 error: ageing must be at least 1ms, not \"0s\"",
          "6:15 error: max_running must be between 1 and 100000, not 100001",
          "7:13 error: state_dir is empty", "8:1 error: store is not supported yet",
          "9:11 error: cleanup names no program",
          "10:8 error: ping \"x\" does not begin with http:// or https://",
          "11:1 error: unknown key 'port' in [fleet]"));
}

TEST(Tables, AJobWithoutRunIsBlamedAtItsHeader) {
  EXPECT_THAT(problems_of("\n[job.a]\nevery = '5m'\n"),
              ElementsAre("2:1 error: job 'a' has no run"));
  EXPECT_THAT(problems_of("[job]\na = { every = '5m' }\n"),
              ElementsAre("2:1 error: job 'a' has no run"));
  EXPECT_THAT(problems_of("job.a.every = '5m'\n"), ElementsAre("1:5 error: job 'a' has no run"));
  EXPECT_THAT(problems_of("[job.a.backoff]\nfirst = '1s'\n[job.a]\nevery = '5m'\n"),
              ElementsAre("3:1 error: job 'a' has no run"));
}

TEST(Tables, WhatReplacesRunIsNoReasonToMissIt) {
  EXPECT_THAT(problems_of("[job.a]\nbuiltin = 'watchdog'\nevery = '5m'\n"), IsEmpty());
  EXPECT_THAT(problems_of("[job.a]\nrun = 3\n"),
              ElementsAre(::testing::HasSubstr("2:7 error: run")));
}

TEST(Tables, OfTwoKeysThatExcludeEachOtherTheLaterIsBlamed) {
  EXPECT_THAT(problems_of("[job.a]\nrun = 'x'\nevery = '5m'\nafter = '5m'\n"),
              ElementsAre("4:1 error: after and every exclude each other"));
  EXPECT_THAT(problems_of("[job.a]\nrun = 'x'\nafter = '5m'\nevery = '5m'\n"),
              ElementsAre("4:1 error: every and after exclude each other"));
  EXPECT_EQ(hint_of("[job.a]\nrun = 'x'\nafter = '5m'\nevery = '5m'\n"),
            "keep one of the two; after is on line 3");
}

TEST(Tables, NamesOfJobsAreChecked) {
  EXPECT_THAT(problems_of("[job.\"../x\"]\nrun = 'x'\n[job.\"\"]\nrun = 'x'\n[job.1]\nrun = 'x'\n"),
              ElementsAre("1:6 error: the job's name '../x' has '/' in it; only a-z, 0-9, '_', '.' "
                          "and '-' are allowed",
                          "3:6 error: the job's name '' is empty",
                          "5:6 error: the job's name '1' has no letter"));
}

TEST(Syntax, IsOneProblemAtItsPlace) {
  EXPECT_THAT(problems_of("[job.a]\nrun = x\nevry = 3\n"),
              ElementsAre("2:7 error: syntax error in value: could not determine value type"));
  EXPECT_THAT(problems_of("[job.a\n"),
              ElementsAre("1:7 error: syntax error in table header: expected ']', saw '\\n'"));
  EXPECT_EQ(hint_of("[job.a]\nrun = 'x'\numask = 077\n"),
            "an octal number is written as a string: umask = \"077\"");
  EXPECT_EQ(hint_of("run = \"x\n"), "is the closing quote missing?");
}

TEST(Syntax, WhatIsThereTwiceIsBlamedAtItsSecondPlace) {
  EXPECT_THAT(problems_of("[job.a]\nrun = 'x'\n[job.a]\nrun = 'y'\n"),
              ElementsAre("3:1 error: the table [job.a] is there twice"));
  EXPECT_THAT(problems_of("[job.a]\nrun = 'x'\n  run = 'y'\n"),
              ElementsAre("3:3 error: the key 'run' is there twice"));
  EXPECT_THAT(problems_of("[job]\na = { run = 'x', run = 'y' }\n"),
              ElementsAre("2:18 error: the key 'run' is there twice"));
}

TEST(Syntax, BytesThatAreNotUtf8AreFound) {
  EXPECT_THAT(problems_of("[job.a]\nrun = 'é\xFF'\n"),
              ElementsAre("2:9 error: the file is not UTF-8: there is a byte 0xff here"));
}

TEST(Defaults, AreForJobsThatDoNotSayOtherwise) {
  const Loaded loaded = decode_text(
      "[defaults]\nhung_after = '15m'\npriority = 'P3'\nenv = { A = '1' }\nrun = 'x'\n"
      "[job.a]\n[job.b]\nhung_after = '1m'\nenv = { B = '2' }\n");
  ASSERT_TRUE(loaded.spec);
  EXPECT_EQ(loaded.spec->jobs[0].hung_after, 15min);
  EXPECT_EQ(loaded.spec->jobs[0].priority, core::Priority::P3);
  EXPECT_EQ(loaded.spec->jobs[0].command->argv.back(), "x");
  EXPECT_EQ(loaded.spec->jobs[1].hung_after, 1min);
  ASSERT_EQ(loaded.spec->jobs[1].command->env.size(), 1U);
  EXPECT_EQ(loaded.spec->jobs[1].command->env[0].first, "B");
}

TEST(Defaults, AScheduleOfTheJobTakesTheirPlace) {
  const std::string defaults = "[defaults]\nevery = '5m'\noffset = '1m'\n[job.a]\nrun = 'x'\n";
  EXPECT_EQ(job_of(defaults).schedule, core::Schedule(core::Every{5min, 1min}));
  EXPECT_EQ(job_of(defaults + "after = '2m'\n").schedule, core::Schedule(core::After{2min}));
  EXPECT_EQ(job_of(defaults + "every = '7m'\n").schedule, core::Schedule(core::Every{7min, 1min}));
  EXPECT_EQ(job_of(defaults + "offset = 'auto'\n").schedule,
            core::Schedule(core::Every{5min, std::nullopt}));
}

TEST(Defaults, TheirOffsetIsNotHeldAgainstJobsWithoutEvery) {
  EXPECT_THAT(problems_of("[defaults]\noffset = '1m'\n[job.a]\nrun = 'x'\n"), IsEmpty());
}

TEST(Defaults, TheirMistakesAreReportedOnce) {
  EXPECT_THAT(
      problems_of("[defaults]\nnode = 'x'\ntimeout = 5\nbackoff = { first = '1m' }\nevery = "
                  "'1m'\nafter = '1m'\n[job.a]\nrun='x'\n[job.b]\nrun='x'\n"),
      ElementsAre("2:1 error: node is not supported yet",
                  "3:11 error: timeout must be a duration like \"5m\", not the integer 5",
                  "4:1 warning: backoff.first (1m) is longer than backoff.max (30s), so "
                  "every wait is 30s",
                  "6:1 error: after and every exclude each other"));
}

}  // namespace
}  // namespace takt::fleet
