#include "api/render.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "api/fake_backend_for_test.h"

namespace takt::api {
namespace {

namespace json = boost::json;

/// Compared as values: the order of members is not part of the contract.
void expect_json(const json::object& actual, std::string_view expected) {
  EXPECT_EQ(json::value(actual), json::parse(expected)) << json::serialize(actual);
}

const core::Gate kHeld{.gate = core::GateName::overlap,
                       .answer = core::GateAnswer::hold,
                       .value = "1 running",
                       .limit = "1",
                       .holders = {{"posting", RunId{6}}},
                       .until = wall_from_millis(60'000),
                       .text = "run 6 is still running"};

TEST(Render, AGateShowsItsEvidence) {
  expect_json({{"gates", gates({kHeld})}}, R"({"gates":[{"gate":"overlap","answer":"hold",
    "value":"1 running","limit":"1","holders":[{"job":"posting","run":6}],
    "until":"1970-01-01T00:01:00.000Z","text":"run 6 is still running"}]})");
}

TEST(Render, AnIdleJobHasNullsWhereNothingHappenedYet) {
  expect_json(job({.name = "posting"}), R"({"name":"posting","state":"idle","priority":"P2",
    "critical":false,"next_at":null,"running":null,"last_outcome":null,"last_start_at":null,
    "last_success_at":null,"last_failure_at":null,"consecutive_failures":0,
    "last_beat_at":null,"progress":null,"note":null,"waiting_for":[],
    "p50_ms":null,"p95_ms":null,"stale_margin_ms":null,"stuck":false,"overdue":false,"uses":{}})");
}

TEST(Render, ARunningJobNamesItsAttempt) {
  core::JobView view{.name = "posting", .state = core::JobState::running};
  view.running = core::RunningAttempt{
      .run = RunId{5}, .attempt = 2, .pid = 99, .since = wall_from_millis(1500)};
  view.running->last_beat_at = wall_from_millis(2500);
  view.running->progress = 42;
  view.running->note = "half way";
  view.stale_margin = Duration{-250};
  const auto out = job(view);
  expect_json(out.at("running").as_object(),
              R"({"run":5,"attempt":2,"pid":99,"since":"1970-01-01T00:00:01.500Z",
                "last_beat_at":"1970-01-01T00:00:02.500Z","progress":42,"note":"half way"})");
  EXPECT_EQ(out.at("stale_margin_ms"), json::value(-250));
}

TEST(Render, AnAttemptThatWasNotLaunchedYetHasNoPid) {
  core::JobView view{.name = "posting"};
  view.running = core::RunningAttempt{.run = RunId{5}, .attempt = 1, .pid = 0, .since = {}};
  EXPECT_TRUE(job(view).at("running").as_object().at("pid").is_null());
}

TEST(Render, ARunCarriesItsAttempts) {
  expect_json(runs({ended_run(5)}), R"({"runs":[{"id":5,"job":"posting","cause":"schedule",
    "slot_at":"1970-01-01T00:00:00.000Z","priority":"P2","rank_at":"1970-01-01T00:00:00.000Z",
    "state":"ended","disposition":"ran","reason":null,"outcome":"failed",
    "queued_at":"1970-01-01T00:00:00.000Z","started_at":"1970-01-01T00:00:00.020Z",
    "ended_at":"1970-01-01T00:00:01.500Z","lateness_ms":20,"node":"00ff00ff00ff00ff",
    "triggered_by":null,"retry_at":null,"params":{},"gates":[],
    "attempts":[{"attempt":1,"token":7,"pid":4711,"started_at":"1970-01-01T00:00:00.020Z",
      "ended_at":"1970-01-01T00:00:01.500Z","outcome":"failed","exit_code":3,"signal":null,
      "rss_max_bytes":2048,"log_bytes":99}]}]})");
}

TEST(Render, AnAttemptThatCouldNotBeSpawnedSaysErrnoAndWhat) {
  auto item = ended_run(5);
  item.attempts[0].exit_code = std::nullopt;
  item.attempts[0].spawn_errno = 2;
  item.attempts[0].error = "no such program";
  const auto out = run(item).at("attempts").as_array().at(0).as_object();
  EXPECT_EQ(out.at("errno"), json::value(2));
  EXPECT_EQ(out.at("error"), json::value("no such program"));
  EXPECT_TRUE(out.at("exit_code").is_null());
}

TEST(Render, OneSlotHasNoCountAndARangeHas) {
  const core::SlotsRow one{.job = "a",
                           .first = 3,
                           .last = 3,
                           .at = wall_from_millis(0),
                           .last_at = wall_from_millis(0),
                           .disposition = core::Disposition::ran,
                           .run = RunId{9}};
  const core::SlotsRow range{.job = "a",
                             .first = 4,
                             .last = 6,
                             .at = wall_from_millis(1000),
                             .last_at = wall_from_millis(3000),
                             .disposition = core::Disposition::skipped,
                             .reason = core::Reason::paused};
  expect_json(slots({one, range}), R"({"slots":[
    {"job":"a","at":"1970-01-01T00:00:00.000Z","disposition":"ran","reason":null,"run":9,"gates":[]},
    {"job":"a","at":"1970-01-01T00:00:01.000Z","disposition":"skipped","reason":"paused","run":null,
     "gates":[],"count":3,"last_at":"1970-01-01T00:00:03.000Z"}]})");
}

TEST(Render, AnEventsDataHasNumbersAsNumbersAndTheRestAsText) {
  expect_json(events({{.id = EventId{4},
                       .at = wall_from_millis(0),
                       .severity = core::Severity::warning,
                       .kind = core::EventKind::job_hung,
                       .job = "a",
                       .run = RunId{2},
                       .text = "a hangs",
                       .data = {{"age_ms", "1000"}, {"step", "1x"}}}}),
              R"({"events":[{"id":4,"at":"1970-01-01T00:00:00.000Z","severity":"warning",
              "kind":"job_hung","job":"a","run":2,"text":"a hangs","data":{"age_ms":1000,"step":"1x"}}]})");
}

TEST(Render, AnEventOfTheWholeFleetHasNoJob) {
  const auto out = events({{.id = EventId{4}}}).at("events").as_array().at(0).as_object();
  EXPECT_TRUE(out.at("job").is_null());
  EXPECT_TRUE(out.at("run").is_null());
}

TEST(Render, WhyNamesTheExpectedStart) {
  core::WhyView view{.job = "a", .run = RunId{1}, .state = "waiting", .gates = {}, .summary = "s"};
  view.expected_start =
      core::ExpectedStart{wall_from_millis(1), wall_from_millis(0), wall_from_millis(2)};
  expect_json(why(view), R"({"job":"a","run":1,"state":"waiting","gates":[],"summary":"s",
    "expected_start":{"at":"1970-01-01T00:00:00.001Z","from":"1970-01-01T00:00:00.000Z",
                      "to":"1970-01-01T00:00:00.002Z"}})");
}

TEST(Render, AStatusIsOkUntilSomethingIsStuck) {
  core::FleetView fleet{.name = "demo", .now = {}, .jobs = 3, .late = 1, .running = 1};
  const core::MemoryReading quarter{.total_bytes = 100, .available_bytes = 75};
  EXPECT_EQ(status(fleet, quarter).at("ok"), json::value(true));
  EXPECT_EQ(status(fleet, quarter).at("on_time"), json::value(2));
  EXPECT_EQ(status(fleet, quarter).at("memory_used_ratio"), json::value(0.25));
  EXPECT_TRUE(status(fleet, {}).at("memory_used_ratio").is_null());
  fleet.stuck = {"posting"};
  EXPECT_EQ(status(fleet, quarter).at("ok"), json::value(false));
  EXPECT_NE(status(fleet, quarter).at("summary").as_string().find("stuck: posting"),
            json::string::npos);
}

TEST(Render, ADegradedStoreMakesTheStatusNotOk) {
  core::FleetView fleet{.name = "demo", .now = {}, .store_ok = false, .store_error = "disk full"};
  fleet.journal = {4096, 1'044'480};
  fleet.store_backlog = 3;
  const auto out = status(fleet, {});
  EXPECT_EQ(out.at("ok"), json::value(false));
  EXPECT_EQ(out.at("store"), json::value("degraded"));
  EXPECT_EQ(out.at("store_error"), json::value("disk full"));
  EXPECT_EQ(out.at("journal_used_bytes"), json::value(4096));
  EXPECT_EQ(out.at("journal_capacity_bytes"), json::value(1'044'480));
  EXPECT_EQ(out.at("store_backlog"), json::value(3));
}

TEST(Render, ASummaryNamesAtMostFiveJobsOfAKind) {
  core::FleetView fleet{.name = "demo", .now = {}, .jobs = 9};
  for (int i = 0; i < 8; ++i) fleet.stuck.push_back("j" + std::to_string(i));
  const auto text = std::string(status(fleet, {}).at("summary").as_string());
  EXPECT_NE(text.find("j4 and 3 more"), std::string::npos) << text;
}

TEST(Render, ARefusalCarriesItsGates) {
  const auto out = error("refused", "job a", "wait", {kHeld}).at("error").as_object();
  EXPECT_EQ(out.at("what"), json::value("refused"));
  EXPECT_EQ(out.at("gates").as_array().size(), 1U);
  EXPECT_FALSE(error("w", "x", "h").at("error").as_object().contains("gates"));
}

TEST(Render, BytesThatAreNotUtf8AreReplacedOneByOne) {
  EXPECT_EQ(utf8("a\xff\xfe"
                 "b\xc3\xa9"),
            "a\xef\xbf\xbd\xef\xbf\xbd"
            "b\xc3\xa9");
}

}  // namespace
}  // namespace takt::api
