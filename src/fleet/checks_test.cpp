// Health checks: what their probes become.

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
using testing::lines_of;
using testing::problems_of;

const std::string kRest =
    "[pool.browser]\nslots = 2\n"
    "[job.plan]\nrun = 'x'\nparams = { n = { type = 'int', default = 3, max = 9 }, "
    "s = { type = 'string', default = '' } }\n";

core::HealthSpec check_of(const std::string& text) {
  const Loaded loaded = decode_text(text + kRest);
  if (!loaded.spec) {
    throw std::runtime_error(fmt::format("{}", fmt::join(lines_of(loaded.problems), "\n")));
  }
  return loaded.spec->health.at(0);
}

/// A probe whose name is there already.
core::ProbeSpec probe_of(const std::string& keys) {
  return check_of("[health.h]\ndatabase = 'a.db'\n[[health.h.probe]]\nname = 'p'\n" + keys + "\n")
      .probes.at(0);
}

template <class Of>
Of measured(const std::string& keys) {
  return std::get<Of>(probe_of(keys).of);
}

TEST(Checks, ComeInTheOrderOfTheFileWithTheirProbes) {
  const Loaded loaded = decode_text(
      "[health.z]\ndatabase = 'var/content.db'\n"
      "[[health.z.probe]]\nname = 'second'\nsql = 'select 1'\nequals = 1\n"
      "[[health.z.probe]]\nname = 'first'\nmemory = true\nat_most = 80\n"
      "[health.a]\ndatabase = 'postgres://db.example/x'\nprobe = [{ name = 'p', sql = 'select 1', "
      "succeeds = true }]\n" +
      kRest);
  ASSERT_THAT(lines_of(loaded.problems), IsEmpty());
  const auto& health = loaded.spec->health;
  ASSERT_EQ(health.size(), 2U);
  EXPECT_EQ(health[0].name, "z");
  EXPECT_EQ(health[0].database, "/srv/app/var/content.db");
  ASSERT_EQ(health[0].probes.size(), 2U);
  EXPECT_EQ(health[0].probes[0].name, "second");
  EXPECT_EQ(health[0].probes[1].name, "first");
  EXPECT_EQ(health[1].database, "postgres://db.example/x");
}

TEST(Checks, PlacesAreKeptForLaterAdvice) {
  const Loaded loaded = decode_text(
      "[health.h]\ndatabase = 'a.db'\n[[health.h.probe]]\nname = 'p'\nsql = 'select 1'\nfresh = "
      "'1h'\notherwise = { event = 'info', run = 'plan' }\n[notify.me]\nwebhook = 'http://a'\n" +
      kRest);
  EXPECT_EQ(loaded.where.check(0).header, (Position{1, 1}));
  EXPECT_EQ(loaded.where.check(0).database, (Position{2, 12}));
  EXPECT_EQ(loaded.where.check(1).header, (Position{}));
  EXPECT_EQ(loaded.where.probe(0, 0).of, (Position{5, 7}));
  EXPECT_EQ(loaded.where.probe(0, 0).condition, (Position{6, 9}));
  EXPECT_THAT(loaded.where.probe(0, 0).otherwise, ElementsAre(Position{7, 23}, Position{7, 37}));
  EXPECT_EQ(loaded.where.probe(0, 1).of, (Position{}));
  EXPECT_EQ(loaded.where.contact(0).header, (Position{8, 1}));
  EXPECT_EQ(loaded.where.contact(0).by, (Position{9, 11}));
}

TEST(Probes, HaveTheirDefaultsAndKeys) {
  const core::ProbeSpec plain = probe_of("memory = true\nat_most = 90");
  EXPECT_EQ(plain.lasting, 0s);
  EXPECT_EQ(plain.timeout, 10s);
  EXPECT_EQ(plain.cooldown, std::nullopt);
  EXPECT_THAT(plain.otherwise, IsEmpty());
  const core::ProbeSpec full = probe_of(
      "sql = 'select 1'\nequals = 1\nfor = '10m'\ntimeout = '3s'\ncooldown = '1h'\notherwise = { "
      "event = 'info' }");
  EXPECT_EQ(full.lasting, 10min);
  EXPECT_EQ(full.timeout, 3s);
  EXPECT_EQ(full.cooldown, 1h);
}

TEST(Probes, MeasureWhatTheySay) {
  using namespace core;
  EXPECT_EQ(measured<SqlProbe>("sql = 'select :now'\nat_least = 1").query, "select :now");
  EXPECT_EQ(measured<JobProbe>("job = 'plan'\nfresh = '3h'").job, "plan");
  EXPECT_EQ(measured<FileProbe>("file = 'var/x'\nfresh = '3h'").path, "/srv/app/var/x");
  EXPECT_EQ(measured<PoolProbe>("pool = 'browser'\nat_most = 1"), (PoolProbe{"browser", false}));
  EXPECT_EQ(measured<PoolProbe>("pool = { pool = 'browser', of = 'free' }\nat_least = 1"),
            (PoolProbe{"browser", true}));
  EXPECT_EQ(measured<PoolProbe>("pool.pool = 'browser'\nat_least = 1"),
            (PoolProbe{"browser", false}));
  EXPECT_EQ(measured<MemoryProbe>("memory = true\nat_most = 90"), MemoryProbe{});
  const auto command = measured<CommandProbe>("command = ['./look', 'x']\nsucceeds = true").command;
  EXPECT_THAT(command->argv, ElementsAre("./look", "x"));
  EXPECT_EQ(command->cwd, "/srv/app");
  EXPECT_THAT(measured<CommandProbe>("command = 'look'\nsucceeds = true").command->argv,
              ElementsAre("/bin/sh", "-c", "look"));
}

TEST(Probes, MeasureServers) {
  using core::HttpProbe;
  EXPECT_EQ(measured<HttpProbe>("http = 'https://a/x'\nsucceeds = true"),
            (HttpProbe{"https://a/x", std::nullopt, "", false}));
  EXPECT_EQ(measured<HttpProbe>("http = { url = 'http://a', status = 204 }\nsucceeds = true"),
            (HttpProbe{"http://a", 204, "", false}));
  EXPECT_EQ(measured<HttpProbe>("http = { url = 'http://a', json = '/a~1b/0' }\nat_most = 3"),
            (HttpProbe{"http://a", std::nullopt, "/a~1b/0", false}));
  EXPECT_EQ(measured<HttpProbe>("http = { url = 'https://a', certificate = true }\nat_least = "
                                "'14d'"),
            (HttpProbe{"https://a", std::nullopt, "", true}));
}

TEST(Probes, WantWhatTheySay) {
  using namespace core;
  const auto wanted = [](const std::string& line) {
    return probe_of("sql = 'select 1'\n" + line).condition;
  };
  EXPECT_EQ(wanted("fresh = '3h'"), Condition(Fresh{3h}));
  EXPECT_EQ(wanted("at_least = 1"), Condition(AtLeast{1}));
  EXPECT_EQ(wanted("at_least = -1.5"), Condition(AtLeast{-1.5}));
  EXPECT_EQ(wanted("at_least = '14d'"), Condition(AtLeast{1'209'600}));
  EXPECT_EQ(wanted("at_most = '250ms'"), Condition(AtMost{0.25}));
  EXPECT_EQ(wanted("equals = 3"), Condition(Equals{3.0}));
  EXPECT_EQ(wanted("equals = 'ok'"), Condition(Equals{std::string{"ok"}}));
  EXPECT_EQ(wanted("equals = ''"), Condition(Equals{std::string{}}));
  EXPECT_EQ(wanted("equals = false"), Condition(Equals{false}));
  EXPECT_EQ(wanted("succeeds = true"), Condition(Succeeds{true}));
  EXPECT_EQ(wanted("succeeds = false"), Condition(Succeeds{false}));
}

std::vector<core::Remedy> remedies_of(const std::string& otherwise) {
  return probe_of("memory = true\nat_most = 90\n" + otherwise).otherwise;
}

TEST(Otherwise, KeepsTheOrderOfTheFile) {
  using namespace core;
  EXPECT_THAT(remedies_of("otherwise = { sql = 'update x', event = 'warning' }"),
              ElementsAre(Remedy(RunSql{"update x"}), Remedy(TellEvent{Severity::warning})));
  EXPECT_THAT(
      remedies_of("otherwise = { event = 'error', run = 'plan', priority = 'P1' }"),
      ElementsAre(Remedy(TellEvent{Severity::error}), Remedy(RunJob{"plan", Priority::P1, {}})));
  EXPECT_THAT(
      remedies_of("otherwise = [{ run = 'plan' }, { event = 'info' }]"),
      ElementsAre(Remedy(RunJob{"plan", Priority::P0, {}}), Remedy(TellEvent{Severity::info})));
  EXPECT_THAT(
      remedies_of("[[health.h.probe.otherwise]]\nevent = 'info'\n"
                  "[[health.h.probe.otherwise]]\nrun = 'plan'"),
      ElementsAre(Remedy(TellEvent{Severity::info}), Remedy(RunJob{"plan", Priority::P0, {}})));
  EXPECT_THAT(remedies_of("otherwise = []"), IsEmpty());
  const auto commands = remedies_of("otherwise = { command = 'mend' }");
  EXPECT_THAT(std::get<RunCommand>(commands.at(0)).command->argv,
              ElementsAre("/bin/sh", "-c", "mend"));
}

TEST(Otherwise, GivesParametersAsTheJobReceivesThem) {
  const auto run = std::get<core::RunJob>(
      remedies_of("otherwise = { params = { s = 'a b', n = 4 }, run = 'plan' }").at(0));
  EXPECT_THAT(run.params, ElementsAre(std::pair<std::string, std::string>{"n", "4"},
                                      std::pair<std::string, std::string>{"s", "a b"}));
}

TEST(Otherwise, ThatRunsTheJobWhichMeasuresTheCheckIsRefused) {
  const std::string probe =
      "[[health.h.probe]]\nname = 'p'\nmemory = true\nat_most = 90\notherwise = { run = 'a' }\n";
  const std::string job = "[job.a]\nbuiltin = 'health'\nhealth = ";
  EXPECT_THAT(problems_of(probe + job + "'h'\n"),
              ElementsAre("5:21 error: the job 'a' measures this very check"));
  EXPECT_THAT(problems_of(probe + job + "'g'\n" +
                          "[[health.g.probe]]\nname = 'p'\nmemory = true\nat_most = 90\n"),
              IsEmpty());
}

}  // namespace
}  // namespace takt::fleet
