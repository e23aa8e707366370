// Health checks with mistakes: word for word what is said about them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "fleet/decode_testing.h"

namespace takt::fleet {
namespace {

using testing::decode_text;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::problems_of;

const std::string kRest =
    "[pool.browser]\nslots = 2\n"
    "[job.plan]\nrun = 'x'\nparams = { n = { type = 'int', default = 3, max = 9 } }\n";

std::string hint_of(const std::string& text) { return decode_text(text).problems.at(0).hint; }

/// A probe with a name on line 4 whose further keys begin on line 5.
std::string probe(const std::string& keys) {
  return "[health.h]\ndatabase = 'a.db'\n[[health.h.probe]]\nname = 'p'\n" + keys + "\n" + kRest;
}

struct Wrong {
  const char* keys;
  const char* problem;
};

class WrongProbe : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongProbe, IsBlamedAtItsPlace) {
  EXPECT_THAT(problems_of(probe(GetParam().keys)), ElementsAre(GetParam().problem));
}

INSTANTIATE_TEST_SUITE_P(
    Choice, WrongProbe,
    ::testing::Values(
        Wrong{"at_most = 3", "3:1 error: a probe measures nothing"},
        Wrong{"memory = true", "3:1 error: a probe has no condition"},
        Wrong{"memory = true\nat_most = 90\npool = 'browser'",
              "7:1 error: pool and memory exclude each other"},
        Wrong{"memory = true\nat_most = 90\nat_least = 3",
              "7:1 error: at_least and at_most exclude each other"},
        Wrong{"memory = true\nat_most = 90\ncool_down = '1m'",
              "7:1 error: unknown key 'cool_down' in [[health.h.probe]]"},
        Wrong{"memory = true\nat_most = 90\ncooldown = '1m'",
              "7:1 warning: cooldown changes nothing: there is no otherwise"},
        Wrong{"memory = true\nat_most = 90\ntimeout = '1m'",
              "7:1 warning: timeout changes nothing: takt knows this at once"},
        Wrong{"memory = true\nat_most = 90\nfor = '-1s'",
              "7:7 error: probe.for \"-1s\" is negative"},
        Wrong{"sql = 'x'\nat_most = 90\ntimeout = '0s'",
              "7:11 error: probe.timeout must be at least 1ms, not \"0s\""},
        Wrong{"sql = 'x'\nat_most = 90\ncooldown = '0s'\notherwise = { event = 'info' }",
              "7:12 error: probe.cooldown must be at least 1ms, not \"0s\""}));

INSTANTIATE_TEST_SUITE_P(
    Measured, WrongProbe,
    ::testing::Values(
        Wrong{"sql = ' '\nequals = 1", "5:7 error: probe.sql is empty"},
        Wrong{"sql = 3\nequals = 1", "5:7 error: probe.sql must be a string, not the integer 3"},
        Wrong{"job = 'pln'\nfresh = '1h'", "5:7 error: there is no job 'pln'"},
        Wrong{"job = ['plan']\nfresh = '1h'",
              "5:7 error: probe.job must be the name of a job, not a list"},
        Wrong{"command = []\nsucceeds = true", "5:11 error: probe.command names no program"},
        Wrong{"http = 'file:///x'\nsucceeds = true",
              "5:8 error: probe.http \"file:///x\" is of the scheme 'file'; only http and https "
              "are called"},
        Wrong{"http = 3\nsucceeds = true",
              "5:8 error: probe.http must be a URL, or a table like { url = "
              "\"https://example.org\" }, not the integer 3"},
        Wrong{"http = { status = 200 }\nsucceeds = true", "5:8 error: probe.http has no url"},
        Wrong{"http = { url = 'http://a', status = 99 }\nsucceeds = true",
              "5:37 error: probe.http.status must be between 100 and 599, not 99"},
        Wrong{"http = { url = 'http://a', json = 'x' }\nequals = 1",
              "5:35 error: probe.http.json \"x\" is no JSON pointer"},
        Wrong{"http = { url = 'http://a', json = '/~2' }\nequals = 1",
              "5:35 error: probe.http.json \"/~2\" is no JSON pointer"},
        Wrong{"http = { url = 'http://a', certificate = true }\nat_least = '14d'",
              "5:28 error: a certificate is for https URLs"},
        Wrong{"http = { url = 'https://a', certificate = true, json = '/a' }\nat_least = '14d'",
              "5:56 error: json is about the body, and the certificate is measured"},
        Wrong{"http = { uri = 'http://a', url = 'http://a' }\nsucceeds = true",
              "5:10 error: unknown key 'uri' in probe.http"},
        Wrong{"file = '~/x'\nsucceeds = true",
              "5:8 error: probe.file \"~/x\" begins with '~', which is not expanded here"},
        Wrong{"pool = 'brwser'\nat_most = 1", "5:8 error: there is no pool 'brwser'"},
        Wrong{
            "pool = 3\nat_most = 1",
            "5:8 error: probe.pool must be the name of a pool, or a table like { pool = \"x\", of "
            "= \"free\" }, not the integer 3"},
        Wrong{"pool = { of = 'free' }\nat_most = 1", "5:8 error: probe.pool names no pool"},
        Wrong{"pool = { pool = 'browser', of = 'all' }\nat_most = 1",
              "5:33 error: probe.pool.of must be \"used\" or \"free\", not \"all\""},
        Wrong{"memory = false\nat_most = 1",
              "5:10 error: probe.memory must be true, not the boolean false"}));

INSTANTIATE_TEST_SUITE_P(
    Wanted, WrongProbe,
    ::testing::Values(
        Wrong{"sql = 'x'\nfresh = '0s'", "6:9 error: probe.fresh must be at least 1ms, not \"0s\""},
        Wrong{"sql = 'x'\nat_least = nan",
              "6:12 error: probe.at_least must be a number, or a duration like \"14d\", not the "
              "number nan"},
        Wrong{"sql = 'x'\nat_least = true",
              "6:12 error: probe.at_least must be a number, or a duration like \"14d\", not the "
              "boolean true"},
        Wrong{"sql = 'x'\nat_most = '-1s'", "6:11 error: probe.at_most \"-1s\" is negative"},
        Wrong{"sql = 'x'\nequals = [1]",
              "6:10 error: probe.equals must be a number, a string, true or false, not a list"},
        Wrong{"sql = 'x'\nequals = \"a\\u0000\"",
              "6:10 error: probe.equals has a NUL character in it"},
        Wrong{"sql = 'x'\nsucceeds = 1",
              "6:12 error: probe.succeeds must be true or false, not the integer 1"}));

INSTANTIATE_TEST_SUITE_P(
    Sense, WrongProbe,
    ::testing::Values(
        Wrong{"pool = 'browser'\nfresh = '1h'",
              "6:9 error: of a pool, slots are counted, so it is held against a number: at_least, "
              "at_most or equals"},
        Wrong{"pool = 'browser'\nsucceeds = true",
              "6:12 error: of a pool, slots are counted, so it is held against a number: at_least, "
              "at_most or equals"},
        Wrong{"pool = 'browser'\nat_most = '1h'",
              "6:11 error: of a pool, slots are counted, so it is held against a number: at_least, "
              "at_most or equals"},
        Wrong{"memory = true\nfresh = '1h'",
              "6:9 error: memory is measured in percent, so it is held against a number: at_least, "
              "at_most or equals"},
        Wrong{"memory = true\nat_most = 101",
              "6:11 error: memory is measured in percent: 101 is not between 0 and 100"},
        Wrong{"job = 'plan'\nat_most = '1h'",
              "6:11 error: at_most of a job counts its failures in a row: it takes a number, not a "
              "duration"},
        Wrong{"job = 'plan'\nequals = 3",
              "6:10 error: equals of a job is about its last outcome: \"ok\", \"failed\", "
              "\"timeout\", \"hung\", \"oom\", \"spawn_failed\", \"browser_lost\", \"lost\" or "
              "\"cancelled\""},
        Wrong{"file = 'x'\nat_most = '1h'",
              "6:11 error: at_most of a file is about its size in bytes, so it is held against a "
              "number: at_least, at_most or equals"},
        Wrong{"file = 'x'\nequals = 'x'",
              "6:10 error: equals of a file is about its size in bytes, so it is held against a "
              "number: at_least, at_most or equals"},
        Wrong{
            "http = { url = 'https://a', certificate = true }\nequals = 1",
            "6:10 error: equals does not go with a certificate, which has times: fresh, at_least, "
            "at_most or succeeds"},
        Wrong{"http = { url = 'https://a', json = '/a' }\nsucceeds = true",
              "6:12 error: succeeds is about the status alone, and json points to a value: hold it "
              "against fresh, at_least, at_most or equals"}));

TEST(Sense, OfAllOthersIsFine) {
  for (const char* keys : {"job = 'plan'\nat_most = 3", "job = 'plan'\nequals = 'failed'",
                           "job = 'plan'\nsucceeds = true", "file = 'x'\nfresh = '1h'",
                           "file = 'x'\nequals = 0", "command = 'x'\nfresh = '1h'",
                           "command = 'x'\nat_most = '1h'", "http = 'http://a'\nequals = 'ok'",
                           "memory = true\nequals = 50", "sql = 'x'\nsucceeds = false"}) {
    EXPECT_THAT(problems_of(probe(keys)), IsEmpty()) << keys;
  }
}

class WrongOtherwise : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongOtherwise, IsBlamedAtItsPlace) {
  EXPECT_THAT(
      problems_of(probe("memory = true\nat_most = 9\notherwise = " + std::string{GetParam().keys})),
      ElementsAre(GetParam().problem));
}

INSTANTIATE_TEST_SUITE_P(
    Of, WrongOtherwise,
    ::testing::Values(
        Wrong{"'plan'",
              "7:13 error: probe.otherwise must be a table like { run = \"job\" }, or a list of "
              "them, not the string \"plan\""},
        Wrong{"['plan']",
              "7:14 error: each entry of otherwise must be a table like { run = \"job\" }, not the "
              "string \"plan\""},
        Wrong{"{}", "7:13 error: probe.otherwise does nothing"},
        Wrong{"{ priority = 'P1' }", "7:13 error: probe.otherwise does nothing"},
        Wrong{"[{ event = 'info' }, {}]", "7:34 error: each entry of otherwise does nothing"},
        Wrong{"{ event = 'info', priority = 'P1' }",
              "7:31 error: otherwise.priority is for run, which is not there"},
        Wrong{"{ run = 'pln' }", "7:21 error: there is no job 'pln'"},
        Wrong{"{ run = 3, priority = 'P1' }",
              "7:21 error: otherwise.run must be the name of a job, not the integer 3"},
        Wrong{"{ run = 'plan', priority = 'P4' }",
              "7:40 error: otherwise.priority must be \"P0\", \"P1\", \"P2\" or \"P3\", not "
              "\"P4\""},
        Wrong{"{ run = 'plan', params = 3 }",
              "7:38 error: otherwise.params must be a table like { count = 3 }, not the integer "
              "3"},
        Wrong{"{ run = 'plan', params = { m = 3 } }",
              "7:40 error: the job 'plan' has no parameter 'm'"},
        Wrong{"{ run = 'plan', params = { n = 10 } }",
              "7:44 error: params.n must be at most 9, not \"10\""},
        Wrong{"{ run = 'plan', params = { n = 'x' } }",
              "7:44 error: params.n must be a whole number, not \"x\""},
        Wrong{"{ run = 'plan', params = { n = [] } }",
              "7:44 error: otherwise.params.n must be a string, a number, true or false, not a "
              "list"},
        Wrong{"{ sql = '' }", "7:21 error: otherwise.sql is empty"},
        Wrong{"{ command = 3 }",
              "7:25 error: otherwise.command must be a command: a string for the shell, or a list "
              "like [\"program\", \"x\"], not the integer 3"},
        Wrong{"{ event = 'fatal' }",
              "7:23 error: otherwise.event must be \"info\", \"warning\" or \"error\", not "
              "\"fatal\""},
        Wrong{"{ restart = 'plan', event = 'info' }",
              "7:15 error: unknown key 'restart' in otherwise"}));

TEST(WrongChecks, ThatAreNoTablesOrHaveNoProbesAreRefused) {
  EXPECT_THAT(problems_of(kRest + "[health]\na = 3\n[health.b]\n[health.c]\nprobe = []\n"
                                  "[health.d.probe]\nname = 'x'\n[health.'E f']\nprobe = [3]\n"),
              ElementsAre("7:1 error: health.a must be a table, not the integer 3",
                          "8:1 error: health check 'b' has no probe",
                          "9:1 error: health check 'c' has no probe",
                          "11:1 error: probe must be a list of tables, not a table",
                          "13:9 error: the health check's name 'E f' has 'E' in it; only a-z, 0-9, "
                          "'_', '.' and '-' are allowed",
                          "14:10 error: each probe must be a table, not the integer 3"));
  EXPECT_EQ(hint_of("[health.d.probe]\nname = 'x'\n" + kRest), "write [[health.d.probe]]");
}

TEST(WrongChecks, NamesOfProbesAreCheckedAndUnique) {
  EXPECT_THAT(problems_of(kRest + "[health.h]\nprobe = [\n"
                                  "{ name = 'a', memory = true, at_most = 9 },\n"
                                  "{ name = 'a', memory = true, at_most = 9 },\n"
                                  "{ name = 'B', memory = true, at_most = 9 },\n"
                                  "{ name = 3, memory = true, at_most = 9 },\n"
                                  "{ memory = true, at_most = 9 },\n]\n"),
              ElementsAre("9:10 error: the probe 'a' is there twice",
                          "10:10 error: the probe's name \"B\" has 'B' in it; only a-z, 0-9, '_', "
                          "'.' and '-' are allowed",
                          "11:10 error: probe.name must be a name, not the integer 3",
                          "12:1 error: a probe has no name"));
}

TEST(WrongChecks, SqlNeedsADatabase) {
  const std::string text =
      "[[health.h.probe]]\nname = 'p'\nsql = 'select 1'\nequals = 1\n"
      "[[health.h.probe]]\nname = 'q'\nmemory = true\nat_most = 9\notherwise.sql = 'update x'\n" +
      kRest;
  EXPECT_THAT(problems_of(text),
              ElementsAre("3:7 error: health check 'h' has no database for this sql",
                          "9:17 error: health check 'h' has no database for this sql"));
  EXPECT_EQ(hint_of(text), "add database = \"FILE\" or a postgres:// URL to [health.h]");
  EXPECT_THAT(problems_of("[health.h]\ndatabase = 3\n" + text).size(), 1U);
}

TEST(WrongChecks, DatabasesAreFilesOrPostgres) {
  const auto said = [](const std::string& database) {
    return problems_of("[health.h]\ndatabase = " + database +
                       "\n[[health.h.probe]]\nname = 'p'\nsql = 'x'\nequals = 1\n" + kRest);
  };
  EXPECT_THAT(said("'postgresql:///content?host=/run/postgresql'"), IsEmpty());
  EXPECT_THAT(said("'mysql://u:p@a/b'"),
              ElementsAre("2:12 error: database must be the path of a SQLite file or a postgres:// "
                          "URL, not \"mysql://***@a/b\""));
  EXPECT_THAT(said("''"), ElementsAre("2:12 error: database is empty"));
  EXPECT_THAT(said("true"),
              ElementsAre("2:12 error: database must be the path of a SQLite file or a postgres:// "
                          "URL, not the boolean true"));
}

TEST(WrongChecks, AllMistakesOfAFileAreToldTogether) {
  EXPECT_THAT(
      problems_of("[[health.h.probe]]\nname = 'p'\njob = 'a'\nfresh = 3\notherwise = { run "
                  "= 'b', event = 'x' }\n[job.c]\nbuiltin = 'health'\nhealth = 'g'\n"),
      ElementsAre("3:7 error: there is no job 'a'",
                  "4:9 error: probe.fresh must be a duration like \"5m\", not the integer 3",
                  "5:21 error: there is no job 'b'",
                  "5:34 error: otherwise.event must be \"info\", \"warning\" or \"error\", "
                  "not \"x\"",
                  "8:10 error: there is no health check 'g'"));
}

}  // namespace
}  // namespace takt::fleet
