#include "notify/words.h"

#include <algorithm>
#include <array>

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

/// Bytes that a UTF-8 character with this first one has; 0: none begins so.
std::size_t length_after(unsigned char first) {
  if (first < 0x80) return 1;
  if (first < 0xC2) return 0;
  if (first < 0xE0) return 2;
  if (first < 0xF0) return 3;
  return first < 0xF5 ? 4 : 0;
}

/// Overlong, a surrogate, or beyond Unicode.
bool is_no_character(unsigned char first, unsigned char second) {
  return (first == 0xE0 && second < 0xA0) || (first == 0xED && second >= 0xA0) ||
         (first == 0xF0 && second < 0x90) || (first == 0xF4 && second >= 0x90);
}

/// Bytes of the UTF-8 character that begins here; 0: none does.
std::size_t character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::size_t bytes = length_after(byte(0));
  if (bytes == 0 || bytes > text.size()) return 0;
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return 0;
  }
  return bytes > 1 && is_no_character(byte(0), byte(1)) ? 0 : bytes;
}

/// C0, DEL, C1, and the line and paragraph separators.
bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7F;
  return (character.size() == 2 && first == 0xC2 &&
          static_cast<unsigned char>(character[1]) < 0xA0) ||
         character == "\u2028" || character == "\u2029";
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
  while (!text.empty()) {
    const std::size_t bytes = character(text);
    const std::string_view one = text.substr(0, std::max<std::size_t>(bytes, 1));
    line += bytes == 0 || is_control(one) ? std::string_view("?") : one;
    text.remove_prefix(one.size());
  }
  return line;
}

}  // namespace takt::notify
