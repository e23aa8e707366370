#include "notify/payload.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <map>

#include "notify/message_for_test.h"

namespace takt::notify {
namespace {

using core::NoticeKind;

TEST(Payload, IsTheDocumentedJson) {
  ports::Message message = a_message();
  message.notices.push_back(a_notice(NoticeKind::probe, 8));
  message.notices[1].again = true;
  message.notices[1].run.reset();
  message.left_out = 2;
  const auto id = message_id(message);
  EXPECT_EQ(boost::json::parse(payload(message)), boost::json::parse(R"({
    "fleet": "social", "at": "2026-01-05T00:04:14.250Z", "contact": "ops",
    "message_id": ")" + id + R"(", "summary": "plan failed, 3 times in a row, and 3 more",
    "left_out": 2,
    "notices": [
      {"id": 7, "kind": "failed", "job": "plan", "health": null, "probe": null, "run": 12,
       "at": "2026-01-05T00:04:13.000Z", "since": "2026-01-05T00:01:00.000Z", "count": 3,
       "again": false, "text": "exit code 1"},
      {"id": 8, "kind": "probe", "job": null, "health": "orders", "probe": "fresh", "run": null,
       "at": "2026-01-05T00:04:13.000Z", "since": "2026-01-05T00:01:00.000Z", "count": 3,
       "again": true, "text": "exit code 1"}]})"));
}

TEST(Payload, TheIdIsThatOfTheNoticesAndTheContact) {
  const ports::Message message = a_message();
  EXPECT_EQ(message_id(message).size(), 32U);
  ports::Message later = message;
  later.now += std::chrono::hours{1};
  later.notices[0].tries = 4;
  EXPECT_EQ(message_id(later), message_id(message));
  ports::Message other = message;
  other.notices[0].notice = NoticeId{8};
  EXPECT_NE(message_id(other), message_id(message));
  other = message;
  other.contact.name = "boss";
  EXPECT_NE(message_id(other), message_id(message));
}

// RFC 4231, test case 2.
TEST(Payload, TheSignatureIsHmacSha256) {
  EXPECT_EQ(signature("what do ya want for nothing?", "Jefe"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Payload, ACommandGetsWhatMattersMost) {
  ports::Message message = a_message();
  message.notices.push_back(a_notice(NoticeKind::escalated, 8));
  message.notices[1].text = "one\ntwo";
  std::map<std::string, std::string> found;
  for (const auto& [name, value] : environment(message)) found[name] = value;
  EXPECT_EQ(found["TAKT_NOTICE_KIND"], "escalated");
  EXPECT_EQ(found["TAKT_NOTICE_JOB"], "");
  EXPECT_EQ(found["TAKT_NOTICE_HEALTH"], "orders");
  EXPECT_EQ(found["TAKT_NOTICE_PROBE"], "fresh");
  EXPECT_EQ(found["TAKT_NOTICE_TEXT"], "one?two");
  EXPECT_EQ(found["TAKT_NOTICE_COUNT"], "3");
  EXPECT_EQ(found["TAKT_NOTICE_SINCE"], "2026-01-05T00:01:00.000Z");
  EXPECT_EQ(found["TAKT_NOTICE_JSON"], payload(message));
  message.notices[0].text = std::string(1 << 17, 'x');  // more than a variable can hold
  for (const auto& [name, value] : environment(message)) found[name] = value;
  EXPECT_EQ(found["TAKT_NOTICE_JSON"], "");
}

}  // namespace
}  // namespace takt::notify
