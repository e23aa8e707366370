#include "notify/words.h"

#include <algorithm>
#include <array>

#include "base/unicode.h"

namespace takt::notify {
namespace {

using core::NoticeKind;
using core::NoticeRow;

int severity(NoticeKind kind) {
  switch (kind) {
    case NoticeKind::quarantined:
      return 7;
    case NoticeKind::escalated:
      return 6;
    case NoticeKind::failed:
      return 5;
    case NoticeKind::stuck:
      return 4;
    case NoticeKind::overdue:
      return 3;
    case NoticeKind::probe:
      return 2;
    case NoticeKind::recovered:
      return 1;
    case NoticeKind::test:
      return 0;
  }
  return 0;
}

std::string name_of(const NoticeRow& notice) {
  return notice.job.empty() ? notice.health + '/' + notice.probe : notice.job;
}

std::string what_of(const NoticeRow& notice) {
  const std::string still = notice.again ? " still" : "";
  const std::string is = notice.again ? " is still " : " is ";
  const std::string times = std::to_string(notice.count) + " times";
  switch (notice.kind) {
    case NoticeKind::failed:
      return still + (notice.again ? " fails" : " failed") +
             (notice.count > 1 ? ", " + times + " in a row" : "");
    case NoticeKind::stuck:
      return is + "stuck";
    case NoticeKind::overdue:
      return is + "overdue";
    case NoticeKind::quarantined:
      return is + "quarantined";
    case NoticeKind::probe:
      return still + " fails";
    case NoticeKind::escalated:
      return still + " fails, mended " + times + " in vain";
    case NoticeKind::recovered:
      return " is well again";
    case NoticeKind::test:
      break;
  }
  return "a test";
}

/// C0, DEL, C1, and the line and paragraph separators.
bool is_control(char32_t value) {
  return value < 0x20 || (value >= 0x7F && value <= 0x9F) || value == 0x2028 || value == 0x2029;
}

}  // namespace

const NoticeRow& most_severe(const ports::Message& message) {
  return *std::ranges::max_element(message.notices, {},
                                   [](const NoticeRow& notice) { return severity(notice.kind); });
}

std::string words_of(const NoticeRow& notice) {
  if (notice.kind == NoticeKind::test) return one_line(what_of(notice));
  return one_line(name_of(notice) + what_of(notice));
}

std::string summary(const ports::Message& message) {
  const std::size_t more = message.notices.size() - 1 + message.left_out;
  std::string words = words_of(most_severe(message));
  if (more > 0) words += ", and " + std::to_string(more) + " more";
  return words;
}

std::string subject(const ports::Message& message) {
  return "[takt " + one_line(message.fleet) + "] " + summary(message);
}

std::string one_line(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    const bool shown = point.valid && !is_control(point.value);
    line += shown ? text.substr(at, point.bytes) : std::string_view("?");
    at += point.bytes;
  }
  return line;
}

}  // namespace takt::notify
