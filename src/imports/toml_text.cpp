#include "imports/toml_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/unicode.h"
#include "fleet/quote.h"

namespace takt::imports {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7F'; }

std::string escaped(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (is_control(c)) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      out += c;
    }
  }
  return out + '"';
}

/// Tabs stay, whatever else drives a terminal is escaped.
std::string readable(std::string_view text) {
  std::string out;
  while (true) {
    const auto tab = std::min(text.find('\t'), text.size());
    out += fleet::escape(text.substr(0, tab));
    if (tab == text.size()) return out;
    out += '\t';
    text.remove_prefix(tab + 1);
  }
}

bool may_begin(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

}  // namespace

std::string toml_string(std::string_view text) {
  const bool plain = text.find_first_of("\"\\") == std::string_view::npos;
  const bool literal =
      !plain && text.find('\'') == std::string_view::npos && std::ranges::none_of(text, is_control);
  return literal ? fmt::format("'{}'", text) : escaped(text);
}

std::string toml_doc(std::string_view text) {
  constexpr std::size_t kColumns = 1000;
  const auto shown = readable(text);
  return toml_string(count_columns(shown) > kColumns ? fleet::escape(shown, kColumns) : shown);
}

std::string toml_list(std::span<const std::string> texts) {
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : ", ") + toml_string(text);
  return "[" + out + "]";
}

std::string toml_key(std::string_view name) {
  return name.find('.') == std::string_view::npos ? std::string{name} : toml_string(name);
}

std::string toml_table(const Variables& variables) {
  std::string out;
  for (const auto& [name, value] : variables) {
    out += fmt::format("{}{} = {}", out.empty() ? "" : ", ", name, toml_string(value));
  }
  return "{ " + out + " }";
}

bool is_variable(std::string_view name) {
  return !name.empty() && may_begin(name.front()) && !name.starts_with("TAKT_") &&
         std::ranges::all_of(name, [](char c) { return may_begin(c) || (c >= '0' && c <= '9'); });
}

void set_variable(Variables& variables, std::string_view name, std::string value) {
  const auto found = std::ranges::find(variables, name, &Variables::value_type::first);
  if (found != variables.end()) {
    found->second = std::move(value);
  } else {
    variables.emplace_back(name, std::move(value));
  }
}

std::string toml_comment(std::string_view text) {
  return text.empty() ? "#" : "# " + readable(text);
}

}  // namespace takt::imports
