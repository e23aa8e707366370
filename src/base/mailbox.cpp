#include "base/mailbox.h"

#include <algorithm>

namespace takt {
namespace {

constexpr std::size_t kAddressBytesMax = 254;
constexpr std::string_view kToBeQuoted = R"("(),:;<>[\])";

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c < 0x7F; });
}

bool is_name(std::string_view text) {
  return is_printable(text) && text.find('@') == std::string_view::npos &&
         text.find_first_of(kToBeQuoted) == std::string_view::npos;
}

bool is_address(std::string_view text) {
  const std::size_t at = text.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == std::string_view::npos && is_printable(text) &&
         text.find(' ') == std::string_view::npos &&
         text.find_first_of(kToBeQuoted) == std::string_view::npos &&
         text.size() <= kAddressBytesMax;
}

}  // namespace

std::optional<std::string_view> address_of(std::string_view mailbox) {
  std::string_view address = mailbox;
  if (mailbox.ends_with('>')) {
    const std::size_t open = mailbox.find('<');
    if (open == std::string_view::npos || !is_name(mailbox.substr(0, open))) return std::nullopt;
    address = mailbox.substr(open + 1, mailbox.size() - open - 2);
  }
  if (!is_address(address)) return std::nullopt;
  return address;
}

}  // namespace takt
