#include "net/http.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <chrono>
#include <thread>

#include "net/server_for_test.h"

namespace takt::net {
namespace {

using namespace std::chrono_literals;
using Wants = HttpRequest::Wants;
using Kind = Problem::Kind;

class Http : public ::testing::Test {
 protected:
  TestServer server{{"http_server.py"}};
  Cancel cancel;

  HttpRequest request(const std::string& path) {
    return {.url = "http://" + server.place() + path, .timeout = 10s, .connect_timeout = 10s};
  }
  auto get(const std::string& path) { return http(request(path), cancel); }
};

TEST_F(Http, AnAnswerHasStatusBodyAndWhatItsHeadersSay) {
  const auto answer =
      get("/x?status=503&body=busy&type=text/plain&retry_after=7"
          "&last_modified=Sun,%2006%20Nov%201994%2008:49:37%20GMT");
  ASSERT_TRUE(answer) << answer.error().text;
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->body, "busy");
  EXPECT_EQ(answer->content_type, "text/plain");
  EXPECT_EQ(answer->retry_after, Duration{7s});
  EXPECT_EQ(answer->last_modified, parse_rfc3339("1994-11-06T08:49:37Z"));
}

TEST_F(Http, WhatIsSentIsWhatWasAsked) {
  HttpRequest asked = request("/hook");
  asked.post = R"({"a":1})";
  asked.headers = {"Content-Type: application/json", "X-Takt: yes"};
  ASSERT_TRUE(http(asked, cancel));
  const auto seen = boost::json::parse(server.next_line()).as_object();
  EXPECT_EQ(seen.at("method"), "POST");
  EXPECT_EQ(seen.at("body"), R"({"a":1})");
  EXPECT_EQ(seen.at("headers").at("content-type"), "application/json");
  EXPECT_EQ(seen.at("headers").at("x-takt"), "yes");
  EXPECT_EQ(seen.at("headers").at("user-agent"), "takt/" TAKT_VERSION);
}

TEST_F(Http, ABodyOfTheBoundIsTakenAndALongerOneIsNot) {
  EXPECT_EQ(get("/x?bytes=1048576")->body.size(), 1U << 20);
  const auto longer = get("/x?bytes=1048577");
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error().text, "the answer is longer than 1048576 bytes");
}

TEST_F(Http, WhoWantsTheStatusDoesNotWaitForTheBody) {
  HttpRequest asked = request("/x?stalled=1&body=begun");
  asked.wants = Wants::status;
  const auto answer = http(asked, cancel);
  ASSERT_TRUE(answer) << answer.error().text;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "");
}

TEST_F(Http, RedirectsAreAnAnswerUnlessTheyAreToBeFollowed) {
  EXPECT_EQ(get("/x?status=302&location=/y")->status, 302);
  HttpRequest follows = request("/x?status=302&location=/y%3Fbody%3Dthere");
  follows.redirects_max = 5;
  EXPECT_EQ(http(follows, cancel)->body, "there");
}

TEST_F(Http, ARedirectToAnotherProtocolIsNotFollowed) {
  HttpRequest away = request("/x?status=302&location=file:///etc/passwd");
  away.redirects_max = 5;
  const auto answer = http(away, cancel);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().text, "a redirect leads away from http,https");
}

TEST_F(Http, MoreRedirectsThanAllowedAreLeft) {
  HttpRequest twice = request("/x?status=302&location=/y%3Fstatus%3D302%26location%3D/z");
  twice.redirects_max = 2;
  EXPECT_TRUE(http(twice, cancel));
  twice.redirects_max = 1;
  const auto left = http(twice, cancel);
  ASSERT_FALSE(left);
  EXPECT_EQ(left.error().text, "redirects lead on and on");
}

TEST_F(Http, NobodyBehindAPortIsToldWithThePort) {
  SilentPort closed(false);
  const auto answer = http({.url = "http://user:secret@" + closed.place() + "/token"}, cancel);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, Kind::unreachable);
  EXPECT_EQ(answer.error().text, "cannot connect to " + closed.place() + ": Connection refused");
}

TEST_F(Http, OneThatNeverAnswersIsLeftWhenTimeIsOver) {
  HttpRequest asked = request("/x?silent=1");
  asked.timeout = 150ms;
  const auto answer = http(asked, cancel);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, Kind::timed_out);
  EXPECT_EQ(answer.error().text, "no answer within 150ms");
}

TEST_F(Http, ABodyThatStallsIsLeftWhenTimeIsOver) {
  HttpRequest asked = request("/x?stalled=1&body=begun");
  asked.timeout = 150ms;
  EXPECT_EQ(http(asked, cancel).error().text, "no answer within 150ms");
}

TEST_F(Http, NoTimeIsNoRequest) {
  HttpRequest asked = request("/x");
  asked.timeout = 0ms;
  EXPECT_EQ(http(asked, cancel).error().kind, Kind::timed_out);
}

TEST_F(Http, OneThatHangsUpIsToldSo) {
  EXPECT_EQ(get("/x?dropped=1").error().text,
            server.place() + " closed the connection without an answer");
}

TEST_F(Http, CancellingEndsARequestAtOnce) {
  std::thread other([&] {
    server.next_line();  // the request has arrived
    cancel.set();
  });
  const auto before = std::chrono::steady_clock::now();
  const auto answer = get("/x?silent=1");
  other.join();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, Kind::cancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - before, 5s);  // of ten
}

TEST_F(Http, OtherSchemesAreNotAsked) {
  for (const std::string url : {"file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/"}) {
    const auto answer = http({.url = url}, cancel);
    ASSERT_FALSE(answer) << url;
    EXPECT_EQ(answer.error().kind, Kind::refused) << url;
  }
  EXPECT_EQ(http({.url = "ftp://127.0.0.1/x"}, cancel).error().text,
            "'ftp' is not one of http,https");
  EXPECT_EQ(http({.url = "no url"}, cancel).error().kind, Kind::refused);
}

TEST_F(Http, TheEnvironmentsProxyIsNotUsed) {
  SilentPort closed(false);
  setenv("http_proxy", ("http://" + closed.place()).c_str(), 1);
  const auto answer = get("/x?body=direct");
  unsetenv("http_proxy");
  ASSERT_TRUE(answer) << answer.error().text;
  EXPECT_EQ(answer->body, "direct");
}

}  // namespace
}  // namespace takt::net
