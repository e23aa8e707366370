#include "imports/crontab_setting.h"

#include <algorithm>

namespace takt::imports {
namespace {

constexpr std::string_view kBlank = " \t";

void skip_blanks(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
}

/// 'text' or "text" in front of `rest`; nullopt where its end is missing.
std::optional<std::string_view> take_quoted(std::string_view& rest) {
  const auto end = rest.find(rest.front(), 1);
  if (end == std::string_view::npos) return std::nullopt;
  const auto text = rest.substr(1, end - 1);
  rest.remove_prefix(end + 1);
  return text;
}

bool begins_quoted(std::string_view text) {
  return text.starts_with('\'') || text.starts_with('"');
}

std::optional<std::string_view> take_name(std::string_view& rest) {
  if (begins_quoted(rest)) return take_quoted(rest);
  const auto end = std::min(rest.find_first_of(" \t="), rest.size());
  const auto name = rest.substr(0, end);
  rest.remove_prefix(end);
  return name;
}

}  // namespace

std::optional<CrontabSetting> read_crontab_setting(std::string_view line) {
  skip_blanks(line);
  const auto name = take_name(line);
  if (!name || name->empty()) return std::nullopt;
  skip_blanks(line);
  if (!line.starts_with('=')) return std::nullopt;
  line.remove_prefix(1);
  skip_blanks(line);
  std::string_view value = line;
  if (begins_quoted(line)) {
    const auto quoted = take_quoted(line);
    if (!quoted) return std::nullopt;
    value = *quoted;
    skip_blanks(line);
    if (!line.empty()) return std::nullopt;
  } else {
    value = value.substr(0, value.find_last_not_of(kBlank) + 1);
  }
  return CrontabSetting{std::string{*name}, std::string{value}};
}

}  // namespace takt::imports
