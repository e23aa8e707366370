#include "net/smtp.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "net/server_for_test.h"

namespace takt::net {
namespace {

using namespace std::chrono_literals;
using Kind = Problem::Kind;

class Smtp : public ::testing::Test {
 protected:
  TestCertificates files;
  Cancel cancel;

  Mail mail(const TestServer& server) {
    return {.url = "smtp://" + server.place(),
            .from = "takt@example.org",
            .to = {"a@example.org", "b@example.org"},
            .message = "Subject: x\r\n\r\n.dots\r\n..\r\nend\r\n",
            .ca_file = files / "ca.pem"};
  }
  static boost::json::object seen(TestServer& server) {
    return boost::json::parse(server.next_line()).as_object();
  }
};

TEST_F(Smtp, AMessageArrivesAsItIs) {
  TestServer server({"smtp_server.py"});
  const auto sent = submit(mail(server), cancel);
  ASSERT_TRUE(sent) << sent.error().text;
  const auto got = seen(server);
  EXPECT_EQ(got.at("from"), "FROM:<takt@example.org>");
  EXPECT_EQ(got.at("to"), (boost::json::array{"TO:<a@example.org>", "TO:<b@example.org>"}));
  EXPECT_EQ(got.at("data"), "Subject: x\r\n\r\n.dots\r\n..\r\nend\r\n");
  EXPECT_EQ(got.at("tls"), false);
}

TEST_F(Smtp, StarttlsIsUsedWhereItIsOffered) {
  TestServer server({"smtp_server.py", "tls=" + (files / "server.pem")});
  Mail anonymous = mail(server);
  anonymous.ca_file.clear();  // an unknown certificate is better than none
  const auto sent = submit(anonymous, cancel);
  ASSERT_TRUE(sent) << sent.error().text;
  EXPECT_EQ(seen(server).at("tls"), true);
}

TEST_F(Smtp, AUserIsToldOverTlsOnly) {
  TestServer server({"smtp_server.py", "tls=" + (files / "server.pem"), "user=takt:geheim"});
  Mail known = mail(server);
  known.user = "takt";
  known.password = "geheim";
  const auto sent = submit(known, cancel);
  ASSERT_TRUE(sent) << sent.error().text;
  const auto got = seen(server);
  EXPECT_EQ(got.at("tls"), true);
  EXPECT_EQ(got.at("user"), "takt");

  known.ca_file.clear();
  const auto untrusted = submit(known, cancel);
  ASSERT_FALSE(untrusted);
  EXPECT_TRUE(untrusted.error().text.starts_with("certificate is not trusted: "));

  TestServer plain({"smtp_server.py", "user=takt:geheim"});
  known.url = "smtp://" + plain.place();
  const auto refused = submit(known, cancel);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().text,
            plain.place() + " offers no STARTTLS, without which no password is sent");
}

TEST_F(Smtp, AWrongPasswordIsRejectedForGood) {
  TestServer server({"smtp_server.py", "tls=" + (files / "server.pem"), "user=takt:geheim"});
  Mail wrong = mail(server);
  wrong.user = "takt";
  wrong.password = "falsch";
  const auto sent = submit(wrong, cancel);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().kind, Kind::rejected);
  EXPECT_EQ(sent.error().code, 535);
  EXPECT_EQ(sent.error().text, server.place() + " refuses the user or the password");
}

TEST_F(Smtp, TheServersReplyIsTheProblemsCode) {
  for (const auto& [option, code] : std::vector<std::pair<std::string, int>>{{"RCPT=450", 450},
                                                                             {"RCPT=550", 550},
                                                                             {"DATA=451", 451},
                                                                             {"DATA=554", 554},
                                                                             {"MAIL=421", 421}}) {
    TestServer server({"smtp_server.py", option});
    const auto sent = submit(mail(server), cancel);
    ASSERT_FALSE(sent) << option;
    EXPECT_EQ(sent.error().kind, Kind::rejected) << option;
    EXPECT_EQ(sent.error().code, code) << option << ": " << sent.error().text;
  }
}

TEST_F(Smtp, ServersThatAreSilentOrAwayAreTold) {
  TestServer silent({"smtp_server.py", "SILENT=1"});
  Mail waits = mail(silent);
  waits.timeout = 150ms;
  EXPECT_EQ(submit(waits, cancel).error().kind, Kind::timed_out);

  SilentPort closed(false);
  waits.url = "smtp://" + closed.place();
  EXPECT_EQ(submit(waits, cancel).error().text,
            "cannot connect to " + closed.place() + ": Connection refused");
}

TEST_F(Smtp, OtherSchemesAreNotAsked) {
  Mail other{.url = "http://127.0.0.1/", .from = "a@b", .to = {"c@d"}};
  EXPECT_EQ(submit(other, cancel).error().kind, Kind::refused);
}

}  // namespace
}  // namespace takt::net
