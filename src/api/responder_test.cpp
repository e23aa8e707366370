#include "api/responder.h"

#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "api/fake_backend_for_test.h"
#include "api/routes.h"
#include "api/sample_path_for_test.h"

namespace takt::api {
namespace {

namespace json = boost::json;

class ResponderTest : public testing::Test {
 protected:
  Response ask(std::string method, const std::string& target, std::string body = "") {
    return ask_at(std::move(method), "/api/v1" + target, std::move(body));
  }

  Response ask_at(std::string method, std::string path, std::string body = "") {
    std::optional<Response> answer;
    responder_.answer({.method = std::move(method),
                       .target = std::move(path),
                       .content_type = body.empty() ? "" : "application/json",
                       .body = std::move(body)},
                      [&](Response response) { answer = std::move(response); });
    while (!answer) loop_.run_one();
    return *answer;
  }

  static json::object parsed(const Response& response) {
    return json::parse(response.body).as_object();
  }

  FakeBackend backend_;
  boost::asio::io_context loop_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{
      loop_.get_executor()};
  HistoryWorker worker_{loop_, backend_};
  Responder responder_{backend_, worker_};
};

TEST_F(ResponderTest, StatusIsUnavailableUntilTheDaemonIsReady) {
  EXPECT_EQ(ask("GET", "/status").status, Status::ok);
  backend_.is_ready = false;
  EXPECT_EQ(ask("GET", "/status").status, Status::unavailable);
}

TEST_F(ResponderTest, MemoryNamesTheRunsThatAreHeldForIt) {
  backend_.memory_view.fleet.held = {{"posting", RunId{4}}};
  const auto memory = parsed(ask("GET", "/memory"));
  EXPECT_EQ(memory.at("held"),
            json::value(json::array{json::object{{"job", "posting"}, {"run", 4}}}));
  EXPECT_EQ(memory.at("used_ratio"), json::value(0.5));
}

TEST_F(ResponderTest, JobsAreListedAndFoundByName) {
  EXPECT_EQ(parsed(ask("GET", "/jobs")).at("jobs").as_array().size(), 1U);
  EXPECT_EQ(parsed(ask("GET", "/jobs/posting")).at("name"), json::value("posting"));
  EXPECT_EQ(ask("GET", "/jobs/nosuch").status, Status::not_found);
}

TEST_F(ResponderTest, WhyOfALivingRunComesFromTheCoordinator) {
  EXPECT_EQ(parsed(ask("GET", "/runs/1/why")).at("summary"), json::value("it waits"));
  EXPECT_EQ(parsed(ask("GET", "/jobs/posting/why")).at("summary"), json::value("it is idle"));
  EXPECT_EQ(ask("GET", "/jobs/nosuch/why").status, Status::not_found);
}

TEST_F(ResponderTest, WhyOfAnEndedRunComesFromItsRow) {
  backend_.rows.run_rows = {ended_run(5)};
  EXPECT_EQ(parsed(ask("GET", "/runs/5/why")).at("state"), json::value("ended"));
  EXPECT_EQ(ask("GET", "/runs/6/why").status, Status::not_found);
}

TEST_F(ResponderTest, ARunIsReadFromHistory) {
  backend_.rows.run_rows = {ended_run(5)};
  EXPECT_EQ(parsed(ask("GET", "/runs/5")).at("id"), json::value(5));
  EXPECT_EQ(ask("GET", "/runs/6").status, Status::not_found);
}

TEST_F(ResponderTest, AListIsAskedForAsTheQuerySays) {
  backend_.rows.run_rows = {ended_run(7), ended_run(6), ended_run(5)};
  const auto all = ask("GET", "/runs?job=posting&state=ended&since_ms=1000&limit=2");
  EXPECT_EQ(parsed(all).at("runs").as_array().size(), 2U);
  EXPECT_EQ(backend_.runs_query.job, "posting");
  EXPECT_EQ(backend_.runs_query.state, core::RunState::ended);
  EXPECT_EQ(backend_.runs_query.window.since, backend_.fleet_view.now - Duration{1000});
}

TEST_F(ResponderTest, EventsCanBeAskedForAfterOne) {
  backend_.rows.event_rows = {{.id = EventId{9}}};
  EXPECT_EQ(parsed(ask("GET", "/events?after=8")).at("events").as_array().size(), 1U);
  EXPECT_EQ(backend_.events_query.after, EventId{8});
}

TEST_F(ResponderTest, AQueryThatMakesNoSenseIsABadRequest) {
  for (const auto* target :
       {"/runs?limit=0", "/runs?limit=-1", "/runs?limit=x", "/runs?limit=99999999999",
        "/runs?since_ms=-5", "/runs?since_ms=9223372036854775807", "/runs?state=nosuch",
        "/runs?job=../x", "/slots?job=%27", "/events?after=x"}) {
    EXPECT_EQ(ask("GET", target).status, Status::bad_request) << target;
  }
}

TEST_F(ResponderTest, WhatNobodyKnowsInAQueryIsIgnored) {
  EXPECT_EQ(ask("GET", "/runs?callback=x&format=html&_method=POST").status, Status::ok);
}

TEST_F(ResponderTest, HistoryThatCannotBeReadIsUnavailable) {
  backend_.history_error = ports::StoreError{ports::StoreError::Kind::io, "disk gone", "look"};
  const auto answer = ask("GET", "/slots");
  EXPECT_EQ(answer.status, Status::unavailable);
  EXPECT_EQ(parsed(answer).at("error").as_object().at("what"), json::value("disk gone"));
  backend_.history_error.reset();
  EXPECT_EQ(ask("GET", "/slots").status, Status::ok);
}

TEST_F(ResponderTest, ATriggerAnswersWithItsRun) {
  backend_.reply = {.result = std::optional{RunId{12}}, .state = "waiting"};
  const auto answer = ask("POST", "/jobs/posting/trigger", R"({"params":{"n":"1"},"force":true})");
  EXPECT_EQ(json::value(parsed(answer)), json::parse(R"({"run":12,"state":"waiting"})"));
  const auto& event = std::get<core::Trigger>(backend_.requests.at(0));
  EXPECT_EQ(event.job, "posting");
  EXPECT_TRUE(event.force);
  EXPECT_EQ(event.params.at(0).second, "1");
}

TEST_F(ResponderTest, RefusalsHaveTheirOwnStatus) {
  using Kind = core::Refusal::Kind;
  const auto refuse = [&](Kind kind) {
    backend_.reply.result = std::unexpected(
        core::Refusal{kind, "no", "later", {{.gate = core::GateName::paused, .text = "paused"}}});
    return ask("POST", "/jobs/posting/trigger");
  };
  EXPECT_EQ(refuse(Kind::not_found).status, Status::not_found);
  EXPECT_EQ(refuse(Kind::invalid).status, Status::bad_request);
  const auto refused = refuse(Kind::refused);
  EXPECT_EQ(refused.status, Status::conflict);
  EXPECT_EQ(parsed(refused).at("error").as_object().at("gates").as_array().size(), 1U);
}

TEST_F(ResponderTest, EveryPostReachesTheBackendAsItsOwnEvent) {
  ask("POST", "/jobs/posting/pause", R"({"for_ms":5,"reason":"r"})");
  ask("POST", "/jobs/posting/resume");
  ask("POST", "/pause");
  ask("POST", "/resume");
  ask("POST", "/runs/3/cancel");
  ask("POST", "/drain");
  ask("POST", "/down");
  ASSERT_EQ(backend_.requests.size(), 7U);
  EXPECT_EQ(std::get<core::Pause>(backend_.requests[0]).job, "posting");
  EXPECT_EQ(std::get<core::Pause>(backend_.requests[0]).lasting, Duration{5});
  EXPECT_EQ(std::get<core::Resume>(backend_.requests[1]).job, "posting");
  EXPECT_EQ(std::get<core::Pause>(backend_.requests[2]).job, "");
  EXPECT_EQ(std::get<core::Resume>(backend_.requests[3]).job, "");
  EXPECT_EQ(std::get<core::Cancel>(backend_.requests[4]).run, RunId{3});
  EXPECT_TRUE(std::holds_alternative<core::Drain>(backend_.requests[5]));
  EXPECT_TRUE(std::holds_alternative<core::ShutDown>(backend_.requests[6]));
}

TEST_F(ResponderTest, AReloadSaysWhatHasChangedAndWhatIsOdd) {
  backend_.reloaded.result = "1 added (a)";
  backend_.reloaded.problems = {{.severity = fleet::Problem::Severity::warning,
                                 .file = "f.toml",
                                 .line = 3,
                                 .column = 1,
                                 .message = "odd",
                                 .hint = {},
                                 .line_text = {}}};
  const auto answer = ask("POST", "/reload");
  EXPECT_EQ(answer.status, Status::ok);
  const std::string_view expected =
      R"json({"ok":true,"summary":"1 added (a)","problems":[{"severity":"warning",
              "file":"f.toml","line":3,"column":1,"message":"odd"}]})json";
  EXPECT_EQ(json::value(parsed(answer)), json::parse(expected));
  EXPECT_EQ(backend_.reloads, 1);
}

TEST_F(ResponderTest, ABadFileIsUnprocessableWithItsProblemsAndARefusalAConflict) {
  backend_.reloaded.problems = {{.severity = fleet::Problem::Severity::error,
                                 .file = "f.toml",
                                 .line = 3,
                                 .column = 1,
                                 .message = "wrong",
                                 .hint = "mend it",
                                 .line_text = {}}};
  const auto bad_file = ask("POST", "/reload");
  EXPECT_EQ(bad_file.status, Status::unprocessable);
  EXPECT_EQ(parsed(bad_file).at("ok"), json::value(false));
  EXPECT_EQ(parsed(bad_file).at("problems").as_array().size(), 1U);
  EXPECT_TRUE(parsed(bad_file).contains("error"));
  backend_.reloaded.problems.clear();
  backend_.reloaded.result =
      std::unexpected(core::Refusal{core::Refusal::Kind::refused, "another name", "restart", {}});
  const auto refused = ask("POST", "/reload");
  EXPECT_EQ(refused.status, Status::conflict);
  EXPECT_EQ(parsed(refused).at("error").as_object().at("what"), json::value("another name"));
}

TEST_F(ResponderTest, NoGetOrWrongMethodEverReachesTheBackend) {
  for (const auto& route : routes()) {
    const std::string target = sample_path(route);
    for (const auto* method : {"GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"}) {
      const auto answer = ask_at(method, target);
      if (route.method == Method::get && std::string_view(method) == "GET") continue;
      EXPECT_EQ(answer.status, Status::method_not_allowed) << method << target;
      EXPECT_EQ(answer.allow, method_word(route.method));
    }
  }
  EXPECT_TRUE(backend_.requests.empty());
}

}  // namespace
}  // namespace takt::api
