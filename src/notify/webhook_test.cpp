#include "notify/payload.h"
#include "notify/sender_for_test.h"

namespace takt::notify {
namespace {

using namespace std::chrono_literals;

class WebhookTo : public Sending {
 protected:
  net::TestServer server{{"http_server.py"}};

  ports::Message to(const std::string& path, std::string secret = "") {
    core::ContactSpec contact;
    contact.name = "ops";
    contact.by = core::Webhook{"http://" + server.place() + path};
    contact.secret = std::move(secret);
    return a_message(std::move(contact));
  }
};

TEST_F(WebhookTo, TheJsonIsPosted) {
  const auto message = to("/hook");
  const auto how = deliver(message);
  EXPECT_TRUE(how.ok) << how.error;
  EXPECT_EQ(how.tries, 1);
  const auto seen = next(server);
  EXPECT_EQ(seen.at("method"), "POST");
  EXPECT_EQ(seen.at("body"), payload(message).c_str());
  const auto& headers = seen.at("headers").as_object();
  EXPECT_EQ(headers.at("content-type"), "application/json");
  EXPECT_EQ(headers.at("x-takt-delivery"), message_id(message).c_str());
  EXPECT_FALSE(headers.contains("x-takt-signature"));
}

TEST_F(WebhookTo, ASecretSignsTheBodyAndIsNotSent) {
  const auto message = to("/hook", "geheimnis");
  EXPECT_TRUE(deliver(message).ok);
  const std::string line = server.next_line();
  EXPECT_EQ(line.find("geheimnis"), std::string::npos);
  const auto seen = boost::json::parse(line);
  EXPECT_EQ(seen.at("headers").at("x-takt-signature"),
            signature(std::string(seen.at("body").as_string()), "geheimnis").c_str());
}

TEST_F(WebhookTo, WhatMayPassIsTriedAgainWithTheSameBytes) {
  const auto how = deliver(to("/x?status=500,408,429,200", "s"));
  EXPECT_TRUE(how.ok) << how.error;
  EXPECT_EQ(how.tries, 4);
  const auto first = next(server);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(next(server), first);
}

TEST_F(WebhookTo, AfterFiveTriesItIsGivenUp) {
  const auto how = deliver(to("/x?status=503"));
  EXPECT_FALSE(how.ok);
  EXPECT_EQ(how.tries, 5);
  EXPECT_EQ(how.error, "HTTP 503");
}

TEST_F(WebhookTo, WhatWillNotPassIsNotTriedAgain) {
  for (const char* status : {"400", "401", "404", "410"}) {
    const auto how = deliver(to(std::string("/x?status=") + status));
    EXPECT_FALSE(how.ok);
    EXPECT_EQ(how.tries, 1);
    EXPECT_EQ(how.error, std::string("HTTP ") + status);
  }
}

TEST_F(WebhookTo, ARedirectIsAFailure) {
  const auto how = deliver(to("/x?status=307&location=/y", "s"));
  EXPECT_FALSE(how.ok);
  EXPECT_EQ(how.tries, 1);
  EXPECT_EQ(how.error, "HTTP 307: a redirect, which is not followed");
  EXPECT_TRUE(deliver(to("/last")).ok);
  EXPECT_EQ(next(server).at("path"), "/x?status=307&location=/y");
  EXPECT_EQ(next(server).at("path"), "/last");  // nothing in between
}

TEST_F(WebhookTo, OneThatIsSilentOrHangsUpIsTriedAgain) {
  options.try_timeout = 100ms;
  const auto silent = deliver(to("/x?silent=1"));
  EXPECT_EQ(silent.tries, 5);
  EXPECT_EQ(silent.error, "no answer within 100ms");
  const auto dropped = deliver(to("/x?dropped=1"));
  EXPECT_EQ(dropped.tries, 5);
}

TEST_F(WebhookTo, OtherSchemesAreNotAsked) {
  auto message = to("");
  message.contact.by = core::Webhook{"file:///etc/passwd"};
  const auto how = deliver(std::move(message));
  EXPECT_FALSE(how.ok);
  EXPECT_EQ(how.tries, 1);
  EXPECT_EQ(how.error, "'file' is not one of http,https");
}

TEST_F(WebhookTo, CancellingGivesUpWhatIsUnderWayAndWhatWaits) {
  options.threads = 1;
  options.retries.waits = {1h};
  send(to("/x?status=503"));
  send(to("/x?silent=1"));
  send(to("/never"));
  next(server);
  next(server);  // so the first waits for its second try, the second for its answer
  while (io.poll_one() > 0) {
  }
  sender().cancel();
  io.run();
  ASSERT_EQ(ended.size(), 3U);
  for (const auto& how : ended) EXPECT_FALSE(how.ok);
  EXPECT_TRUE(deliver(to("/again")).ok);  // it is not for ever
}

TEST_F(WebhookTo, MoreThanThereIsRoomForIsRefused) {
  options.messages_max = 2;
  for (int i = 0; i < 3; ++i) send(to("/x?silent=1"));
  while (ended.empty()) io.run_one();
  EXPECT_EQ(ended[0].error, "too many messages wait");
  EXPECT_EQ(ended[0].tries, 0);
}

TEST_F(WebhookTo, ItsEndDoesNotWaitForThoseThatWaitAndTellsNothingMore) {
  options.retries.waits = {1h};
  for (int i = 0; i < 20; ++i) send(to("/x?silent=1"));
  next(server);
  const auto before = std::chrono::steady_clock::now();
  sender_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - before, 1s);
  io.run();
  EXPECT_TRUE(ended.empty());
}

TEST_F(WebhookTo, ACommandIsTheDaemons) {
  auto message = to("");
  message.contact.by = core::NotifyCommand{};
  EXPECT_EQ(deliver(std::move(message)).error, "a command is not sent");
}

}  // namespace
}  // namespace takt::notify
