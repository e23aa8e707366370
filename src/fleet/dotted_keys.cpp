#include "fleet/dotted_keys.h"

#include <algorithm>

namespace takt::fleet {
namespace {

/// Offset behind the string that begins at `at`, which is a quote; the end of the text when it is
/// not closed.
std::size_t skip_string(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const bool escapes = quote == '"';
  const std::string_view delimiter = quote == '"' ? R"(""")" : "'''";
  const bool multi_line = text.substr(at, 3) == delimiter;
  at += multi_line ? 3 : 1;
  while (at < text.size()) {
    if (escapes && text[at] == '\\') {
      at += 2;
    } else if (!multi_line && (text[at] == quote || text[at] == '\n')) {
      return at + 1;
    } else if (multi_line && text.substr(at, 3) == delimiter) {
      at += 3;
      for (int extra = 0; extra < 2 && at < text.size() && text[at] == quote; ++extra) ++at;
      return at;
    } else {
      ++at;
    }
  }
  return text.size();
}

bool goes_on_with_key(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == ' ' || c == '\t';
}

}  // namespace

std::optional<std::size_t> find_endless_key(std::string_view text) {
  std::size_t dots = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"' || c == '\'') {
      at = skip_string(text, at);
      continue;
    }
    if (c == '#') {
      at = std::min(text.find('\n', at), text.size());
      continue;
    }
    if (c == '.' && ++dots >= kDottedPartsMax) return at;
    if (c != '.' && !goes_on_with_key(c)) dots = 0;
    ++at;
  }
  return std::nullopt;
}

}  // namespace takt::fleet
