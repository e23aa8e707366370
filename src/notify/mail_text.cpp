#include "notify/mail_text.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "base/mailbox.h"
#include "base/unicode.h"
#include "notify/payload.h"
#include "notify/words.h"

namespace takt::notify {
namespace {

bool is_plain(char c) { return c >= 0x20 && c < 0x7F; }

std::string base64(std::string_view text) {
  std::string out((text.size() + 2) / 3 * 4 + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

std::string line_of(const core::NoticeRow& notice) {
  std::string line = format_rfc3339(notice.at) + "  " + words_of(notice);
  if (!notice.text.empty()) line += ": " + one_line(notice.text);
  if (notice.since_at != notice.at) line += " (since " + format_rfc3339(notice.since_at) + ')';
  return line + '\n';
}

std::string body_of(const ports::Message& message) {
  std::string body;
  for (const auto& notice : message.notices) body += line_of(notice);
  if (message.left_out > 0) body += fmt::format("and {} more\n", message.left_out);
  return body + "\nfleet " + one_line(message.fleet) + ", contact " +
         one_line(message.contact.name) + '\n';
}

/// Of the sender's domain, which is the one that it can speak for.
std::string id_of(const ports::Message& message, const core::Email& to) {
  const std::string from = bare_address(to.from).value_or("takt@localhost");
  return '<' + message_id(message) + from.substr(from.rfind('@')) + '>';
}

std::string list_of(const std::vector<std::string>& addresses) {
  std::string list;
  for (const std::string& each : addresses) list += (list.empty() ? "" : ",\r\n ") + each;
  return list;
}

}  // namespace

std::expected<std::string, std::string> bare_address(std::string_view text) {
  if (const auto address = address_of(text)) return std::string(*address);
  return std::unexpected('\'' + one_line(text) + "' is not an e-mail address");
}

std::string encoded_header(std::string_view text) {
  constexpr std::size_t kWordBytes = 42;  // 56 in base64, 68 with what is around them
  const bool plain = std::ranges::all_of(text, is_plain) && text.find("=?") == std::string::npos;
  if (plain && text.size() <= 66) return std::string(text);
  std::string words;
  while (!text.empty()) {
    const std::string_view part = whole_characters(text, kWordBytes);
    words += (words.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") + base64(part) + "?=";
    text.remove_prefix(part.size());
  }
  return words;
}

std::string quoted_printable(std::string_view text) {
  std::string out;
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') {
      out += "\r\n";
      column = 0;
      continue;
    }
    const bool ends_line = i + 1 == text.size() || text[i + 1] == '\n';
    const bool plain = is_plain(text[i]) && text[i] != '=' && !(text[i] == ' ' && ends_line);
    const std::string one =
        plain ? std::string(1, text[i])
              : fmt::format("={:02X}", static_cast<unsigned>(static_cast<unsigned char>(text[i])));
    if (column + one.size() > 75) {
      out += "=\r\n";
      column = 0;
    }
    out += one;
    column += one.size();
  }
  return out;
}

std::string mail_date(WallTime at) {
  constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(at - day)};
  return fmt::format(
      "{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000", kDays[std::chrono::weekday{day}.c_encoding()],
      static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
      static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
      time.seconds().count());
}

std::string mail_text(const ports::Message& message, const core::Email& to) {
  return "Date: " + mail_date(message.now) +  //
         "\r\nFrom: " + to.from +             //
         "\r\nTo: " + list_of(to.to) +        //
         "\r\nSubject: " + encoded_header(subject(message)) +
         "\r\nMessage-ID: " + id_of(message, to) +      //
         "\r\nAuto-Submitted: auto-generated"           //
         "\r\nMIME-Version: 1.0"                        //
         "\r\nContent-Type: text/plain; charset=utf-8"  //
         "\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
         quoted_printable(body_of(message));
}

}  // namespace takt::notify
