#include "api/target.h"

#include <fmt/format.h>

#include <algorithm>

namespace takt::api {
namespace {

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// Decoded once and only once: "%252f" becomes "%2f", which is then just a name nobody has.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus_is_space) c = ' ';
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const auto high = hex_digit(text[i + 1]);
      const auto low = hex_digit(text[i + 2]);
      if (!high || !low) return std::nullopt;
      c = static_cast<char>(*high * 16 + *low);
      i += 2;
    }
    if (is_control(c)) return std::nullopt;
    out.push_back(c);
  }
  return out;
}

/// What lies before the next `separator`, taken off the front of `rest`.
std::string_view cut(std::string_view& rest, char separator) {
  const auto end = std::min(rest.find(separator), rest.size());
  const auto piece = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return piece;
}

bool parse_path(std::string_view text, std::vector<std::string>& out) {
  if (text.empty() || text.front() != '/') return false;
  text.remove_prefix(1);
  const bool ends_open = text.ends_with('/');
  while (!text.empty()) {
    auto segment = percent_decode(cut(text, '/'), false);
    if (!segment || segment->find_first_of("/\\") != std::string::npos) return false;
    out.push_back(std::move(*segment));
  }
  if (ends_open) out.emplace_back();  // "/jobs/" is not "/jobs"
  return true;
}

bool parse_query(std::string_view text, std::map<std::string, std::string>& out) {
  while (!text.empty()) {
    auto value_text = cut(text, '&');
    const auto name = percent_decode(cut(value_text, '='), true);
    auto value = percent_decode(value_text, true);
    if (!name || !value) return false;
    out[*name] = std::move(*value);
  }
  return true;
}

}  // namespace

std::optional<Target> parse_target(std::string_view text) {
  Target target;
  const auto path = cut(text, '?');
  if (!parse_path(path, target.path) || !parse_query(text, target.query)) return std::nullopt;
  return target;
}

std::string percent_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~").find(c) != std::string_view::npos;
    if (plain) {
      out.push_back(c);
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace takt::api
