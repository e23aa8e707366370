#include <gtest/gtest.h>

#include "net/http.h"
#include "net/server_for_test.h"

namespace takt::net {
namespace {

using namespace std::chrono_literals;
using Wants = HttpRequest::Wants;

class Https : public ::testing::Test {
 protected:
  TestCertificates files;
  Cancel cancel;

  auto ask(const TestServer& server, const std::string& ca, Wants wants = Wants::body) {
    return http({.url = "https://" + server.place() + "/x?body=secret",
                 .wants = wants,
                 .ca_file = ca.empty() ? ca : files / ca},
                cancel);
  }
};

TEST_F(Https, AServerOfATrustedCaIsRead) {
  TestServer server({"http_server.py", files / "server.pem"});
  const auto answer = ask(server, "ca.pem");
  ASSERT_TRUE(answer) << answer.error().text;
  EXPECT_EQ(answer->body, "secret");
}

TEST_F(Https, TheFileOfTheEnvironmentIsTrusted) {
  TestServer server({"http_server.py", files / "server.pem"});
  setenv("SSL_CERT_FILE", (files / "ca.pem").c_str(), 1);
  const auto answer = ask(server, "");
  unsetenv("SSL_CERT_FILE");
  EXPECT_TRUE(answer) << answer.error().text;
}

TEST_F(Https, AServerOfNobodyWeTrustGetsNoRequest) {
  TestServer server({"http_server.py", files / "server.pem"});
  const auto answer = ask(server, "");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, Problem::Kind::unreachable);
  EXPECT_TRUE(answer.error().text.starts_with("certificate is not trusted: "))
      << answer.error().text;
}

TEST_F(Https, ACertificateOfAnotherNameIsNotTrusted) {
  TestServer server({"http_server.py", files / "other.pem"});
  const auto answer = ask(server, "ca.pem");
  ASSERT_FALSE(answer);
  EXPECT_TRUE(answer.error().text.starts_with("certificate is not trusted: "))
      << answer.error().text;
}

TEST_F(Https, AnExpiredCertificateIsNotTrustedButTellsItsDates) {
  TestServer server({"http_server.py", files / "expired.pem"});
  const auto refused = ask(server, "ca.pem");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().text, "certificate is not trusted: certificate has expired");
  const auto told = ask(server, "ca.pem", Wants::certificate);
  ASSERT_TRUE(told) << told.error().text;
  ASSERT_TRUE(told->certificate);
  EXPECT_EQ(told->certificate->not_before, parse_rfc3339("2020-01-01T00:00:00Z"));
  EXPECT_EQ(told->certificate->not_after, parse_rfc3339("2020-02-01T00:00:00Z"));
}

TEST_F(Https, WhereThereIsNoTlsThereIsNoCertificate) {
  TestServer plain({"http_server.py"});
  const auto answer = ask(plain, "", Wants::certificate);
  ASSERT_FALSE(answer);
  EXPECT_TRUE(answer.error().text.starts_with("no TLS with " + plain.place()))
      << answer.error().text;
  EXPECT_EQ(
      http({.url = "http://" + plain.place(), .wants = Wants::certificate}, cancel).error().text,
      "'http' is not one of https");
}

TEST_F(Https, AHandshakeThatNeverEndsIsLeftWhenTimeIsOver) {
  SilentPort silent;
  const auto answer = http({.url = "https://" + silent.place(), .timeout = 150ms}, cancel);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, Problem::Kind::timed_out);
}

}  // namespace
}  // namespace takt::net
