#include "fleet/syntax.h"

#include <fmt/format.h>

#include <exception>
#include <string>
#include <string_view>

#include "base/unicode.h"
#include "fleet/dotted_keys.h"
#include "fleet/quote.h"
#include "fleet/read.h"

namespace takt::fleet {
namespace {

constexpr std::string_view kWhile = "Error while parsing ";
constexpr std::string_view kRedefined = "cannot redefine existing ";

/// What the parser said, taken apart: "Error while parsing SCOPE: REASON".
struct Said {
  std::string_view scope;
  std::string_view reason;
};

Said take_apart(std::string_view text) {
  if (!text.starts_with(kWhile)) return {"", text};
  text.remove_prefix(kWhile.size());
  const std::size_t colon = text.find(": ");
  if (colon == std::string_view::npos) return {"", text};
  return {text.substr(0, colon), text.substr(colon + 2)};
}

/// The text between the first and the last single quote.
std::string_view quoted_part(std::string_view text) {
  const std::size_t first = text.find('\'');
  const std::size_t last = text.rfind('\'');
  if (first == std::string_view::npos || first == last) return "";
  return text.substr(first + 1, last - first - 1);
}

/// The parser blames the value of a repeated key; the key stands before it on the same line.
Position key_before(const Source& source, Position value_at, std::string_view key) {
  std::size_t begin = 0;
  for (int line = 1; line < value_at.line; ++line) {
    begin = source.text().find('\n', begin);
    if (begin == std::string_view::npos) return value_at;
    ++begin;
  }
  std::string_view line = source.text().substr(begin);
  std::size_t end = 0;
  for (int column = 1; column < value_at.column && end < line.size(); ++column) {
    end += code_point_at(line, end).bytes;
  }
  const std::size_t found = line.substr(0, end).rfind(key);
  if (key.empty() || found == std::string_view::npos) return value_at;
  return {value_at.line, static_cast<int>(count_columns(line.substr(0, found))) + 1};
}

std::string hint_for(std::string_view reason) {
  if (reason.find("leading zero") != std::string_view::npos) {
    return R"(an octal number is written as a string: umask = "077")";
  }
  if (reason.find("unescaped control characters") != std::string_view::npos) {
    return "is the closing quote missing?";
  }
  if (reason.find("could not determine value type") != std::string_view::npos ||
      reason.find("expected value") != std::string_view::npos) {
    return R"(strings and durations stand in quotes: every = "5m")";
  }
  return {};
}

void complain_syntax(const Source& source, const toml::parse_error& error, Complaints& complaints) {
  const Position at = position_of(error.source().begin);
  const auto [scope, reason] = take_apart(error.description());
  if (reason.find("maximum nested value depth") != std::string_view::npos) {
    return complaints.error(at, "brackets and braces are nested too deep");
  }
  if (reason.starts_with(kRedefined) && scope == "table header") {
    const std::string_view name = quoted_part(reason);
    return complaints.error(
        at, fmt::format("the table [{}] is there twice", escape(name, kQuotedColumns)),
        "names are unique; rename one or join the two");
  }
  if (reason.starts_with(kRedefined) && !quoted_part(reason).empty()) {
    const std::string_view key = quoted_part(reason);
    return complaints.error(key_before(source, at, key),
                            fmt::format("the key {} is there twice", quote_name(key)),
                            "keep one of the two");
  }
  const std::string where = scope.empty() ? "" : fmt::format(" in {}", escape(scope));
  complaints.error(at, fmt::format("syntax error{}: {}", where, escape(reason, 3 * kQuotedColumns)),
                   hint_for(reason));
}

}  // namespace

std::optional<toml::table> parse_toml(const Source& source, Complaints& complaints) {
  const std::string_view text = source.text();
  if (const auto bad = find_invalid_utf8(text)) {
    complaints.error(source.position_at(*bad),
                     fmt::format("the file is not UTF-8: there is a byte 0x{:02x} here",
                                 static_cast<unsigned char>(text[*bad])));
    return std::nullopt;
  }
  if (const auto dot = find_endless_key(text)) {
    complaints.error(source.position_at(*dot),
                     fmt::format("a key with more than {} parts", kDottedPartsMax));
    return std::nullopt;
  }
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    complain_syntax(source, error, complaints);
  } catch (const std::exception& error) {
    complaints.error({1, 1}, fmt::format("cannot be read as TOML: {}", escape(error.what())));
  }
  return std::nullopt;
}

}  // namespace takt::fleet
