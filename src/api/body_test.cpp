#include "api/body.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace takt::api {
namespace {

const Route& route_of(Action action) {
  return *std::ranges::find(routes(), action, &Route::action);
}

std::expected<Body, Response> parse(std::string body, Action action = Action::trigger,
                                    std::string type = "application/json") {
  return parse_body(
      route_of(action),
      {.method = "POST", .target = "", .content_type = std::move(type), .body = std::move(body)});
}

Status status_of(const std::expected<Body, Response>& parsed) {
  return parsed ? Status::ok : parsed.error().status;
}

TEST(Body, AnEmptyOneIsFine) {
  const auto body = parse("", Action::trigger, "");
  ASSERT_TRUE(body);
  EXPECT_TRUE(body->params.empty());
  EXPECT_FALSE(body->force);
}

TEST(Body, ParamsKeepTheirSpelling) {
  const auto body =
      parse(R"({"params":{"city":"x; touch /tmp/pwn","n":3,"f":0.5,"b":true},"force":true})");
  ASSERT_TRUE(body);
  using Params = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(body->params,
            (Params{{"city", "x; touch /tmp/pwn"}, {"n", "3"}, {"f", "0.5"}, {"b", "true"}}));
  EXPECT_TRUE(body->force);
}

TEST(Body, APauseHasAnEndAndAReason) {
  const auto body = parse(R"({"for_ms":60000,"reason":"deploy"})", Action::pause_job);
  ASSERT_TRUE(body);
  EXPECT_EQ(body->lasting, Duration{60000});
  EXPECT_EQ(body->reason, "deploy");
}

TEST(Body, ABeatNamesItsAttempt) {
  const auto body = parse(R"({"token":7,"progress":42.9,"note":"a\nb"})", Action::beat);
  ASSERT_TRUE(body);
  EXPECT_EQ(body->token, Token{7});
  EXPECT_EQ(body->beat.progress, 42);
  EXPECT_EQ(body->beat.note, "a b");
  EXPECT_EQ(parse(R"({"token":1})", Action::beat)->beat, core::Beat{});
}

TEST(Body, ABeatOfNobodyOrBeyondTheEndIsABadRequest) {
  for (const auto* text :
       {"", "{}", R"({"progress":1})", R"({"token":0})", R"({"token":"1"})", R"({"token":1.5})",
        R"({"token":1,"progress":101})", R"({"token":1,"progress":-1})",
        R"({"token":1,"progress":"9"})", R"({"token":1,"progress":1e300})",
        R"({"token":1,"note":5})", R"({"token":1,"force":true})"}) {
    EXPECT_EQ(status_of(parse(text, Action::beat)), Status::bad_request) << text;
  }
}

TEST(Body, OnlyJsonIsTaken) {
  EXPECT_EQ(status_of(parse("{}", Action::trigger, "text/plain")), Status::wrong_type);
  EXPECT_EQ(status_of(parse("{}", Action::trigger, "application/x-www-form-urlencoded")),
            Status::wrong_type);
  EXPECT_EQ(status_of(parse("{}", Action::trigger, "")), Status::wrong_type);
  EXPECT_EQ(status_of(parse("", Action::trigger, "text/plain")), Status::wrong_type);
  EXPECT_EQ(status_of(parse("{}", Action::trigger, "Application/JSON; charset=utf-8")), Status::ok);
}

TEST(Body, WhatIsWrongIsABadRequest) {
  for (const auto* text :
       {"{", "[]", "null", "1", "{} {}", "{\"force\":1}", "{\"force\":null}",
        "{\"command\":\"rm\"}", "{\"params\":[]}", "{\"params\":{\"a\":null}}",
        "{\"params\":{\"a\":{}}}", "{\"params\":{\"a\":\"x\\u0000y\"}}",
        "{\"params\":{\"a\\u0000\":\"x\"}}", "\xff", "{\"params\":{\"a\":\"\xff\"}}"}) {
    EXPECT_EQ(status_of(parse(text)), Status::bad_request) << text;
  }
  for (const auto* text :
       {"{\"for_ms\":0}", "{\"for_ms\":-1}", "{\"for_ms\":1.5}", "{\"for_ms\":\"5m\"}",
        "{\"for_ms\":9223372036854775807}", "{\"reason\":\"a\\u0000b\"}", "{\"params\":{}}"}) {
    EXPECT_EQ(status_of(parse(text, Action::pause_all)), Status::bad_request) << text;
  }
}

TEST(Body, DeepNestingIsRefusedWhileParsing) {
  EXPECT_EQ(status_of(parse(std::string(1'000'000, '['))), Status::bad_request);
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_EQ(status_of(parse(objects)), Status::bad_request);
}

TEST(Body, ALongReasonIsRefused) {
  EXPECT_EQ(status_of(parse("{\"reason\":\"" + std::string(1001, 'x') + "\"}", Action::pause_job)),
            Status::bad_request);
}

}  // namespace
}  // namespace takt::api
