#pragma once
// Messages of tests.

#include <string>

#include "ports/notifier.h"

namespace takt::notify {

inline core::NoticeRow a_notice(core::NoticeKind kind = core::NoticeKind::failed,
                                std::int64_t id = 7) {
  core::NoticeRow notice;
  notice.notice = NoticeId{id};
  notice.kind = kind;
  if (kind == core::NoticeKind::probe || kind == core::NoticeKind::escalated) {
    notice.health = "orders";
    notice.probe = "fresh";
  } else if (kind != core::NoticeKind::test) {
    notice.job = "plan";
    notice.run = RunId{12};
  }
  notice.at = *parse_rfc3339("2026-01-05T00:04:13.000Z");
  notice.since_at = *parse_rfc3339("2026-01-05T00:01:00.000Z");
  notice.count = 3;
  notice.text = "exit code 1";
  return notice;
}

inline ports::Message a_message(core::ContactSpec contact = {}) {
  ports::Message message;
  message.fleet = "social";
  message.now = *parse_rfc3339("2026-01-05T00:04:14.250Z");
  message.contact = std::move(contact);
  if (message.contact.name.empty()) message.contact.name = "ops";
  message.notices = {a_notice()};
  return message;
}

}  // namespace takt::notify
