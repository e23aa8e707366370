#include "fleet/names.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/unicode.h"
#include "fleet/quote.h"

namespace takt::fleet {
namespace {

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool may_begin(char c) { return is_letter(c) || is_digit(c); }
bool may_follow(char c) { return may_begin(c) || c == '_' || c == '.' || c == '-'; }

}  // namespace

std::expected<void, std::string> valid_name(std::string_view name) {
  if (name.empty()) return std::unexpected("is empty");
  if (name.size() > kNameLengthMax) {
    return std::unexpected(fmt::format("is longer than {} characters", kNameLengthMax));
  }
  const auto bad = std::find_if_not(name.begin(), name.end(), may_follow);
  if (bad != name.end()) {
    const auto at = static_cast<std::size_t>(bad - name.begin());
    const std::string_view one = name.substr(at, code_point_at(name, at).bytes);
    return std::unexpected(
        fmt::format("has {} in it; only a-z, 0-9, '_', '.' and '-' are allowed", quote_name(one)));
  }
  if (!may_begin(name.front())) {
    return std::unexpected(
        fmt::format("begins with {}; the first must be a-z or 0-9", quote_name(name.substr(0, 1))));
  }
  if (name.find("..") != std::string_view::npos) return std::unexpected("has '..' in it");
  if (std::none_of(name.begin(), name.end(), is_letter)) return std::unexpected("has no letter");
  return {};
}

std::string as_name(std::string_view text, std::string_view fallback) {
  std::string name;
  for (char c : text.substr(0, 4 * kNameLengthMax)) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (!may_follow(c)) c = '-';
    if (name.empty() && !may_begin(c)) continue;
    if (c == '.' && name.back() == '.') continue;
    name += c;
  }
  name.resize(std::min(name.size(), kNameLengthMax));
  return valid_name(name) ? name : std::string{fallback};
}

}  // namespace takt::fleet
