// Values of single keys: what they become, and word for word what is said about those that are
// wrong.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <string>

#include "fleet/decode_testing.h"

namespace takt::fleet {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using testing::job_of;
using testing::problems_of;

/// A job with a run on line 2 and `line` on line 3.
std::string with(std::string_view line) { return fmt::format("[job.a]\nrun = 'x'\n{}\n", line); }

struct Wrong {
  const char* line;
  const char* problem;
};

class WrongValue : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongValue, IsBlamedAtItsPlace) {
  EXPECT_THAT(problems_of(with(GetParam().line)), ElementsAre(GetParam().problem));
}

INSTANTIATE_TEST_SUITE_P(
    Schedule, WrongValue,
    ::testing::Values(
        Wrong{"every = 5", "3:9 error: every must be a duration like \"5m\", not the integer 5"},
        Wrong{"every = '0s'", "3:9 error: every must be at least 1ms, not \"0s\""},
        Wrong{"every = '-5m'", "3:9 error: every must be at least 1ms, not \"-5m\""},
        Wrong{"every = '0ms'", "3:9 error: every must be at least 1ms, not \"0ms\""},
        Wrong{"every = '5x'",
              "3:9 error: every \"5x\" has an unknown unit 'x'; write it like \"250ms\", \"90s\", "
              "\"5m\", \"2h\", \"1d\" or \"1h30m\""},
        Wrong{"every = '1ns'",
              "3:9 error: every \"1ns\" has an unknown unit 'ns'; write it like \"250ms\", "
              "\"90s\", \"5m\", \"2h\", \"1d\" or \"1h30m\""},
        Wrong{"every = '1000000000000000000s'",
              "3:9 error: every \"1000000000000000000s\" is longer than 200 years"},
        Wrong{"every = '2h..1h'", "3:9 error: every \"2h..1h\" runs backwards"},
        Wrong{"every = '0s..1h'", "3:9 error: every must be at least 1ms, not \"0s\""},
        Wrong{"every = ['5m']", "3:9 error: every must be a duration like \"5m\", not a list"},
        Wrong{"every = {}", "3:9 error: every must be a duration like \"5m\", not a table"},
        Wrong{"after = '0s'", "3:9 error: after must be at least 1ms, not \"0s\""},
        Wrong{"after = true",
              "3:9 error: after must be a duration like \"5m\", not the boolean true"},
        Wrong{"jitter = '-1s'", "3:10 error: jitter \"-1s\" is negative"},
        Wrong{"start_within = '0s'", "3:16 error: start_within must be at least 1ms, not \"0s\""},
        Wrong{"catchup = 'last'",
              "3:11 error: catchup must be \"latest\", \"all\" or \"none\", not \"last\""},
        Wrong{"catchup_max = 0", "3:15 error: catchup_max must be between 1 and 10000, not 0"},
        Wrong{"offset = '5m'",
              "3:1 error: offset is the phase of every, which this job does not have"},
        Wrong{"offset = 'auto'",
              "3:1 error: offset is the phase of every, which this job does not have"},
        Wrong{"cron = 5",
              "3:8 error: cron must be a string like \"30 2 * * *\", not the integer 5"},
        Wrong{"cron = ''", "3:9 error: cron is empty"},
        Wrong{"cron = '* * * *'", "3:16 error: cron has 4 fields instead of 5 or 6"},
        Wrong{"cron = '0 24 * * *'", "3:11 error: cron has 24 as its hour"},
        Wrong{"cron = '*/0 * * * *'", "3:11 error: cron has a step of 0 in its minute"},
        Wrong{"cron = '0 0 30 2 *'", "3:13 error: cron never comes: no month '2' has a day '30'"},
        Wrong{"timezone = 'UTC'", "3:1 error: timezone is for cron, which this job does not have"},
        Wrong{"every = '5m'\ndow_mode = 'and'",
              "4:1 error: dow_mode is for cron, which this job does not have"},
        Wrong{"cron = '0 0 * * *'\ndst_gap = 'before'",
              "4:11 error: dst_gap must be \"after\" or \"skip\", not \"before\""},
        Wrong{"cron = '0 0 * * *'\noffset = '5m'",
              "4:1 error: offset is the phase of every, which this job does not have"},
        Wrong{"cron = '0 0 * * *'\ntimezone = 'Europe/Berlon'",
              "4:12 error: there is no time zone \"Europe/Berlon\""},
        Wrong{"at = 'tomorrow'", "3:6 error: at = \"tomorrow\" is not a date and time"},
        Wrong{"at = '2026-12-01T09:00:00'", "3:6 error: at does not say its offset from UTC"},
        Wrong{"at = 2026-12-01T09:00:00", "3:6 error: at does not say its offset from UTC"},
        Wrong{"at = 2026-12-01", "3:6 error: at has no time of day"},
        Wrong{"at = 1",
              "3:6 error: at must be a date and time like "
              "\"2026-12-01T09:00:00+01:00\", not the integer 1"},
        Wrong{"at = '1999-12-01T09:00:00Z'", "3:6 error: at lies before 2020: it will never come"},
        Wrong{"dst_gap = 'skip'", "3:1 error: dst_gap is for cron, which this job does not have"}));

INSTANTIATE_TEST_SUITE_P(
    Policy, WrongValue,
    ::testing::Values(
        Wrong{"priority = 'P4'",
              "3:12 error: priority must be \"P0\", \"P1\", \"P2\" or \"P3\", not \"P4\""},
        Wrong{"priority = 1",
              "3:12 error: priority must be \"P0\", \"P1\", \"P2\" or \"P3\", not the integer 1"},
        Wrong{"critical = 'yes'",
              "3:12 error: critical must be true or false, not the string \"yes\""},
        Wrong{"enabled = 1", "3:11 error: enabled must be true or false, not the integer 1"},
        Wrong{"quarantine_after = 0",
              "3:20 error: quarantine_after must be between 1 and 1000000, not 0"},
        Wrong{"retries = -1", "3:11 error: retries must be between 0 and 1000, not -1"},
        Wrong{"retries = 1.0", "3:11 error: retries must be a whole number, not the number 1"},
        Wrong{"retries = 9223372036854775807",
              "3:11 error: retries must be between 0 and 1000, not 9223372036854775807"},
        Wrong{
            "retry_on = 'failed'",
            "3:12 error: retry_on must be a list like [\"failed\", 75], not the string \"failed\""},
        Wrong{"retry_on = ['failed', 'hung']",
              "3:23 error: hung cannot be retried on: a hang is answered by a recovery run"},
        Wrong{"retry_on = [0]",
              "3:13 error: an exit code in retry_on must be between 1 and 255, not 0"},
        Wrong{"retry_on = [1.5]",
              "3:13 error: an entry of retry_on must be an outcome or an exit code, not the number "
              "1.5"},
        Wrong{"backoff = '2s'",
              "3:11 error: backoff must be a table like { first = \"2s\", max = \"30s\" }, not the "
              "string \"2s\""},
        Wrong{"backoff = { factor = 0.5 }",
              "3:22 error: backoff.factor must be between 1 and 1000, not 0.5"},
        Wrong{"backoff = { factor = inf }",
              "3:22 error: backoff.factor must be between 1 and 1000, not inf"},
        Wrong{"backoff = { jitter = 2 }",
              "3:22 error: backoff.jitter must be between 0 and 1, not 2"},
        Wrong{"backoff = { fist = '1s' }", "3:13 error: unknown key 'fist' in backoff"},
        Wrong{"backoff = { first = '1m' }",
              "3:1 warning: backoff.first (1m) is longer than backoff.max (30s), so every wait is "
              "30s"},
        Wrong{"tags = 'a'", "3:8 error: tags must be a list of strings, not the string \"a\""},
        Wrong{"tags = ['a', 1]", "3:14 error: a tag must be a string, not the integer 1"},
        Wrong{"tags = ['']", "3:9 error: a tag is empty"},
        Wrong{"doc = \"\\u001b[2J\"", "3:7 error: doc \"\\x1b[2J\" has control characters in it"}));

INSTANTIATE_TEST_SUITE_P(
    Watch, WrongValue,
    ::testing::Values(
        Wrong{"timeout = '0s'", "3:11 error: timeout must be at least 1ms, not \"0s\""},
        Wrong{"timeout = 1.5",
              "3:11 error: timeout must be a duration like \"5m\", not the number 1.5"},
        Wrong{"kill_grace = '-1s'", "3:14 error: kill_grace \"-1s\" is negative"},
        Wrong{"hung_after = '0s'", "3:14 error: hung_after must be at least 1ms, not \"0s\""},
        Wrong{"stale_after = ''",
              "3:15 error: stale_after \"\" is empty; write it like \"250ms\", \"90s\", \"5m\", "
              "\"2h\", \"1d\" or \"1h30m\""},
        Wrong{"late_after = 07:00:00",
              "3:14 error: late_after must be a duration like \"5m\", not a date or time"},
        Wrong{"expect = '0s'", "3:10 error: expect must be at least 1ms, not \"0s\""},
        Wrong{"beat_within = '0s'", "3:15 error: beat_within must be at least 1ms, not \"0s\""},
        Wrong{"on_failure = ['me']", "3:15 error: there is no contact 'me'"},
        Wrong{"on_recovery = ['me']", "3:16 error: there is no contact 'me'"},
        Wrong{"node = 'here'", "3:1 error: node is not supported yet"}));

INSTANTIATE_TEST_SUITE_P(
    Resources, WrongValue,
    ::testing::Values(
        Wrong{"needs = { job = 'b' }",
              "3:9 error: needs must be a list like [{ job = \"other\", fresh = \"30m\" }], not a "
              "table"},
        Wrong{"needs = ['b']",
              "3:10 error: each entry of needs must be a table like { job = \"other\" }, not the "
              "string \"b\""},
        Wrong{"needs = [{ fresh = '5m' }]", "3:10 error: an entry of needs names no job"},
        Wrong{"needs = [{ job = 3 }]",
              "3:18 error: needs.job must be the name of a job, not the integer 3"},
        Wrong{"needs = [{ job = 'b' }]", "3:18 error: there is no job 'b'"},
        Wrong{"needs = [{ job = 'a' }]", "3:18 error: the job 'a' needs itself"},
        Wrong{"uses = ['browser']",
              "3:8 error: uses must be a table like { browser = 1 }, not a list"},
        Wrong{"uses = { browser = 1 }", "3:10 error: there is no pool 'browser'"},
        Wrong{"memory_max = '1GB'",
              "3:14 error: memory_max must be a size like \"10M\" or a number of bytes, not the "
              "string \"1GB\""},
        Wrong{"memory_max = 0", "3:14 error: memory_max must be at least 1 byte, not 0"}));

INSTANTIATE_TEST_SUITE_P(
    Process, WrongValue,
    ::testing::Values(
        Wrong{"nice = 20", "3:8 error: nice must be between -20 and 19, not 20"},
        Wrong{"nice = -21", "3:8 error: nice must be between -20 and 19, not -21"},
        Wrong{"user = ''", "3:8 error: user is empty"},
        Wrong{"user = 'a b'", "3:8 error: \"a b\" is no user name"},
        Wrong{"cwd = \"a\\u0000b\"", "3:7 error: cwd has a NUL character in it"},
        Wrong{"cwd = '~/x'", "3:7 error: cwd \"~/x\" begins with '~', which is not expanded here"},
        Wrong{"cwd = 1", "3:7 error: cwd must be a path, not the integer 1"},
        Wrong{"env_file = ' '", "3:12 error: env_file is empty"},
        Wrong{"umask = '999'",
              "3:9 error: umask must be octal digits up to 777, like \"077\", not the string "
              "\"999\""},
        Wrong{"umask = 1000",
              "3:9 error: umask must be octal digits up to 777, like \"077\", not the integer "
              "1000"},
        Wrong{"umask = 0xff",
              "3:9 error: umask must be octal digits up to 777, like \"077\", not the integer 255"},
        Wrong{"env = { TAKT_X = '1' }", "3:9 error: 'TAKT_X' is takt's own"},
        Wrong{"env = { '9x' = '1' }", "3:9 error: '9x' is no name of a variable"},
        Wrong{"env = { 'a=b' = '1' }", "3:9 error: 'a=b' is no name of a variable"},
        Wrong{"env = { '' = '1' }", "3:9 error: '' is no name of a variable"},
        Wrong{"env = { A = 1 }", "3:13 error: env.A must be a string, not the integer 1"},
        Wrong{"env = { A = \"a\\u0000\" }", "3:13 error: env.A has a NUL character in it"},
        Wrong{"env = ['A=1']",
              "3:7 error: env must be a table like { NAME = \"value\" }, not a list"},
        Wrong{"sandbox = 'strict'", "3:11 error: sandbox = \"strict\" is not supported yet"},
        Wrong{"sandbox = 'nome'",
              "3:11 error: sandbox must be \"none\", \"basic\" or \"strict\", not \"nome\""},
        Wrong{"log_max = '10MB'",
              "3:11 error: log_max must be a size like \"10M\" or a number of bytes, not the "
              "string \"10MB\""},
        Wrong{"log_max = '9000000000T'",
              "3:11 error: log_max must be a size like \"10M\" or a number of bytes, not the "
              "string \"9000000000T\""},
        Wrong{"log_max = -5", "3:11 error: log_max must be at least 1 byte, not -5"},
        Wrong{"log_max = '0M'", "3:11 error: log_max must be at least 1 byte, not 0"},
        Wrong{"keep_runs = 0", "3:13 error: keep_runs must be between 1 and 1000000, not 0"},
        Wrong{"keep_for = '0s'", "3:12 error: keep_for must be at least 1ms, not \"0s\""}));

INSTANTIATE_TEST_SUITE_P(
    Params, WrongValue,
    ::testing::Values(
        Wrong{"params = 3",
              "3:10 error: params must be a table like { n = { type = \"int\", default = 3 } }, "
              "not the integer 3"},
        Wrong{"params = { n = 3 }",
              "3:16 error: params.n must be a table like { type = \"int\", default = 3 }, not the "
              "integer 3"},
        Wrong{"params = { N = { type = 'int', default = 3 } }",
              "3:12 error: 'N' is no name of a parameter"},
        Wrong{"params = { n = { default = 3 } }", "3:12 error: params.n has no type"},
        Wrong{"params = { n = { type = 'int' } }", "3:12 error: params.n has no default"},
        Wrong{"params = { n = { type = 'integer', default = 3 } }",
              "3:25 error: params.n.type must be \"string\", \"int\", \"float\" or \"bool\", not "
              "\"integer\""},
        Wrong{"params = { n = { type = 'int', default = '3' } }",
              "3:42 error: params.n.default must be a whole number, not the string \"3\""},
        Wrong{"params = { n = { type = 'float', default = nan } }",
              "3:44 error: params.n.default must be a number, not the number nan"},
        Wrong{"params = { n = { type = 'bool', default = 1 } }",
              "3:43 error: params.n.default must be true or false, not the integer 1"},
        Wrong{"params = { n = { type = 'int', default = 3, min = 4 } }",
              "3:42 error: params.n.default is outside of min and max"},
        Wrong{"params = { n = { type = 'int', default = 3, max = 1, min = 5 } }",
              "3:60 error: min 5 of the parameter is above its max 1"},
        Wrong{"params = { n = { type = 'string', default = 'x', min = 1 } }",
              "3:50 error: params.n.min is for numbers only, not for type \"string\""},
        Wrong{"params = { n = { type = 'int', default = 3, step = 1 } }",
              "3:45 error: unknown key 'step' in params.n"}));

TEST(Run, IsAStringForTheShellOrAListWithoutOne) {
  EXPECT_THAT(job_of("[job.a]\nrun = 'echo $HOME'\n").command->argv,
              ElementsAre("/bin/sh", "-c", "echo $HOME"));
  EXPECT_THAT(job_of("[job.a]\nrun = ['echo', '$HOME']\n").command->argv,
              ElementsAre("echo", "$HOME"));
}

TEST(Run, ThatIsNoCommandIsRefused) {
  const auto problem = [](std::string_view run) {
    return problems_of(fmt::format("[job.a]\nrun = {}\n", run)).at(0);
  };
  EXPECT_EQ(problem("''"), "2:7 error: run is empty");
  EXPECT_EQ(problem("\" \\t\\n\""), "2:7 error: run is empty");
  EXPECT_EQ(problem("[]"), "2:7 error: run names no program");
  EXPECT_EQ(problem("['', 'x']"), "2:7 error: run names no program");
  EXPECT_EQ(problem("['x', 1]"),
            "2:13 error: each argument of run must be a string, not the integer 1");
  EXPECT_EQ(problem("\"a\\u0000\""), "2:7 error: run has a NUL character in it");
  EXPECT_EQ(problem("['a', \"\\u0000\"]"), "2:13 error: run has a NUL character in it");
  EXPECT_EQ(
      problem("7"),
      "2:7 error: run must be a command: a string for the shell, or a list like [\"program\", "
      "\"x\"], not the integer 7");
}

TEST(Run, IsAtMostAsLongAsTheKernelTakes) {
  const std::string longest(131'071, 'x');
  EXPECT_EQ(job_of("[job.a]\nrun = '" + longest + "'\n").command->argv.back(), longest);
  EXPECT_THAT(problems_of("[job.a]\nrun = '" + longest + "x'\n"),
              ElementsAre("2:7 error: run is 131072 bytes long; the limit is 131071"));
  EXPECT_THAT(problems_of("[job.a]\nrun = ['x', '" + longest + "']\n"),
              ElementsAre("2:7 error: run is 131073 bytes long; the limit is 131071"));
}

TEST(Schedule, ARangeOfOneLengthIsARange) {
  EXPECT_EQ(job_of(with("every = '1h..1h'")).schedule,
            core::Schedule(core::EveryBetween{1h, 1h, std::nullopt}));
  EXPECT_EQ(job_of(with("every = '1ms'")).schedule, core::Schedule(core::Every{1ms, std::nullopt}));
}

TEST(Schedule, OffsetIsADurationOrAuto) {
  EXPECT_EQ(job_of(with("every = '5m'\noffset = '0s'")).schedule,
            core::Schedule(core::Every{5min, 0s}));
  EXPECT_EQ(job_of(with("every = '5m'\noffset = 'auto'")).schedule,
            core::Schedule(core::Every{5min, std::nullopt}));
}

TEST(Schedule, NoneAtAllIsByHand) {
  EXPECT_EQ(job_of("[job.a]\nrun = 'x'\n").schedule, core::Schedule(core::Manual{}));
}

TEST(Retries, CriticalMeansThreeUnlessToldOtherwise) {
  EXPECT_EQ(job_of(with("")).retry.retries, 0);
  EXPECT_EQ(job_of(with("critical = true")).retry.retries, 3);
  EXPECT_EQ(job_of(with("critical = true\nretries = 0")).retry.retries, 0);
  EXPECT_EQ(job_of("[defaults]\nretries = 1\n[job.a]\nrun = 'x'\ncritical = true\n").retry.retries,
            1);
}

TEST(Umask, IsReadAsOctalDigitsHoweverItIsWritten) {
  for (const char* line : {"umask = '027'", "umask = '27'", "umask = 27", "umask = 0o27"}) {
    EXPECT_EQ(job_of(with(line)).command->umask, 027U) << line;
  }
  EXPECT_EQ(job_of(with("umask = 0")).command->umask, 0U);
  EXPECT_EQ(job_of(with("")).command->umask, 077U);
}

TEST(Size, IsCountedInPowersOfTwo) {
  EXPECT_EQ(job_of(with("log_max = '10K'")).command->log_max_bytes, 10'240U);
  EXPECT_EQ(job_of(with("log_max = '2G'")).command->log_max_bytes, std::uint64_t{2} << 30U);
  EXPECT_EQ(job_of(with("log_max = 1234")).command->log_max_bytes, 1234U);
}

TEST(Size, OfAllMemoryIsAtMostWhatCanBeCounted) {
  EXPECT_EQ(job_of(with("memory_max = '512M'")).command->memory_max_bytes, 512 << 20);
  EXPECT_EQ(job_of(with("memory_max = 9223372036854775807")).command->memory_max_bytes,
            std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(job_of(with("")).command->memory_max_bytes, 0);
}

TEST(Params, AreSpeltAsTheJobReceivesThem) {
  const auto spelt = [](std::string_view body) {
    return job_of(with(fmt::format("params = {{ n = {{ {} }} }}", body)))
        .params.at(0)
        .default_value;
  };
  EXPECT_EQ(spelt("type = 'string', default = 'a b'"), "a b");
  EXPECT_EQ(spelt("type = 'int', default = -3"), "-3");
  EXPECT_EQ(spelt("type = 'float', default = 1.5"), "1.5");
  EXPECT_EQ(spelt("type = 'float', default = 2"), "2");
  EXPECT_EQ(spelt("type = 'bool', default = false"), "false");
}

TEST(Environment, IsAtMostAsLongAsTheKernelTakes) {
  const std::string longest(131'069, 'x');
  EXPECT_EQ(job_of(with("env = { A = '" + longest + "' }")).command->env[0].second, longest);
  EXPECT_THAT(problems_of(with("env = { A = '" + longest + "x' }")),
              ElementsAre("3:13 error: env.A is 131072 bytes long; the limit is 131071"));
}

}  // namespace
}  // namespace takt::fleet
