#include "imports/shell_text.h"

#include <algorithm>

namespace takt::imports {
namespace {

bool is_plain(char c) {
  constexpr std::string_view kOthers = "_-./:,+=@%^";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kOthers.find(c) != std::string_view::npos;
}

}  // namespace

std::string shell_word(std::string_view text) {
  if (!text.empty() && std::ranges::all_of(text, is_plain)) return std::string{text};
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

bool is_plain_shell(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return is_plain(c) || c == ' ' || c == '\t'; });
}

}  // namespace takt::imports
