#include "probe/asked_for_test.h"

namespace takt::probe {
namespace {

using namespace std::chrono_literals;
using core::AtLeast;
using core::Fresh;
using core::HttpProbe;
using core::Succeeds;

class HttpValue : public Asked {
 protected:
  net::TestServer server{{"http_server.py"}};

  HttpProbe get(const std::string& path, std::optional<int> status = {}, std::string json = "") {
    return {"http://" + server.place() + path, status, std::move(json), false};
  }
  Measurement json(const std::string& body, const std::string& pointer) {
    return measure(get("/x?body=" + body, {}, pointer));
  }
};

TEST_F(HttpValue, ABodyIsANumberOrAText) {
  EXPECT_EQ(measure(get("/x?body=%2042%0A")), Measurement(42.0));
  EXPECT_EQ(measure(get("/x?body=-0.5e1")), Measurement(-5.0));
  EXPECT_EQ(measure(get("/x?body=%0Afine%0A")), text("fine"));
  EXPECT_EQ(measure(get("/x?body=42%20of%2043")), text("42 of 43"));
  EXPECT_EQ(measure(get("/x?body=nan")), text("nan"));
  EXPECT_EQ(measure(get("/x?body=2026-01-05T00:00:00Z"), Fresh{1min}),
            text("2026-01-05T00:00:00Z"));
  EXPECT_EQ(measure(get("/x")), text(""));
}

TEST_F(HttpValue, APointerLeadsIntoJson) {
  const std::string body = "%7B%22a%22:%5B1,true,null,%22x%22%5D,%22b/c%22:%7B%7D%7D";
  EXPECT_EQ(json(body, "/a/0"), Measurement(1.0));
  EXPECT_EQ(json(body, "/a/1"), Measurement(true));
  EXPECT_EQ(json(body, "/a/2"), Measurement(Absent{}));
  EXPECT_EQ(json(body, "/a/3"), text("x"));
  EXPECT_EQ(json(body, "/a"), unknown("/a is an array"));
  EXPECT_EQ(json(body, "/b~1c"), unknown("/b~1c is an object"));
  EXPECT_EQ(json(body, "/a/4"), unknown("there is no /a/4 in the answer"));
  EXPECT_EQ(json(body, "/z/z"), unknown("there is no /z/z in the answer"));
  EXPECT_EQ(json(body, "a"), unknown("there is no a in the answer"));
  EXPECT_TRUE(std::holds_alternative<Unknown>(json("nope", "/a")));
  EXPECT_TRUE(std::holds_alternative<Unknown>(json(std::string(100, '['), "/a")));
}

TEST_F(HttpValue, AStatusIsWantedOrNot) {
  EXPECT_EQ(measure(get("/x?status=204"), Succeeds{}), Measurement(true));
  EXPECT_EQ(measure(get("/x?status=503"), Succeeds{}), Measurement(false));
  EXPECT_EQ(measure(get("/x?status=503", 503), Succeeds{}), Measurement(true));
  EXPECT_EQ(measure(get("/x?status=200", 503), Succeeds{}), Measurement(false));
  EXPECT_EQ(measure(get("/x?status=503&body=1"), AtLeast{1}), unknown("HTTP 503"));
  EXPECT_EQ(measure(get("/x?status=503&body=1", 503), AtLeast{1}), Measurement(1.0));
}

TEST_F(HttpValue, RedirectsAreFollowedUnlessOneIsWanted) {
  const std::string leads = "/x?status=302&location=/y%3Fbody%3D7";
  EXPECT_EQ(measure(get(leads)), Measurement(7.0));
  EXPECT_EQ(measure(get(leads, 302), Succeeds{}), Measurement(true));
}

TEST_F(HttpValue, AServerThatDoesNotAnswerDoesNotSucceedAndIsUnknownOtherwise) {
  net::SilentPort closed(false);
  const HttpProbe away{"http://" + closed.place() + "/", {}, "", false};
  EXPECT_EQ(measure(away, Succeeds{}), Measurement(false));
  EXPECT_EQ(measure(away), unknown("cannot connect to " + closed.place() + ": Connection refused"));
  timeout = 150ms;
  EXPECT_EQ(measure(get("/x?silent=1"), Succeeds{}), Measurement(false));
  EXPECT_EQ(measure(get("/x?silent=1")), unknown("no answer within 150ms"));
}

TEST_F(HttpValue, WhatIsNoUrlIsUnknownEvenToSucceeds) {
  EXPECT_EQ(measure(HttpProbe{"file:///etc/passwd", {}, "", false}, Succeeds{}),
            unknown("'file' is not one of http,https"));
}

TEST_F(HttpValue, CancellingIsNoFailureOfTheServer) {
  Measurement answer;
  runner().measure(spec(get("/x?silent=1"), Succeeds{}), "", kNow,
                   [&](Measurement found) { answer = std::move(found); });
  server.next_line();  // it has arrived
  runner().cancel();
  io.run();
  EXPECT_EQ(answer, unknown("given up"));
}

TEST_F(HttpValue, ACertificateTellsItsDates) {
  net::TestCertificates files;
  net::TestServer https({"http_server.py", files / "expired.pem"});
  const HttpProbe probe{"https://" + https.place() + "/", {}, "", true};
  EXPECT_EQ(measure(probe, Fresh{1h}), text("2020-01-01T00:00:00.000Z"));
  EXPECT_EQ(measure(probe, AtLeast{0}),
            Measurement(static_cast<double>(1'580'515'200) - 1'767'571'453.5));
  EXPECT_EQ(measure(probe, Succeeds{}), Measurement(false));
}

TEST_F(HttpValue, ATrustedServerIsAsked) {
  net::TestCertificates files;
  net::TestServer https({"http_server.py", files / "server.pem"});
  options.ca_file = files / "ca.pem";
  EXPECT_EQ(measure(HttpProbe{"https://" + https.place() + "/x?body=1", {}, "", false}),
            Measurement(1.0));
}

}  // namespace
}  // namespace takt::probe
