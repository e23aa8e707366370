#include "fleet/quote.h"

#include <fmt/format.h>

#include "base/unicode.h"

namespace takt::fleet {
namespace {

std::string escaped(const CodePoint& point) {
  if (point.value == '\n') return "\\n";
  if (point.value == '\r') return "\\r";
  if (point.value == '\t') return "\\t";
  if (!point.valid || point.value < 0x80) {
    return fmt::format("\\x{:02x}", static_cast<unsigned>(point.value));
  }
  return fmt::format("\\u{{{:x}}}", static_cast<unsigned>(point.value));
}

}  // namespace

std::string escape(std::string_view text, std::size_t columns) {
  std::string result;
  std::size_t column = 0;
  for (std::size_t at = 0; at < text.size(); ++column) {
    if (column == columns) return result + "…";
    const CodePoint point = code_point_at(text, at);
    if (!point.valid || drives_a_terminal(point.value)) {
      result += escaped(point);
    } else {
      result += text.substr(at, point.bytes);
    }
    at += point.bytes;
  }
  return result;
}

std::string quote_value(std::string_view text) {
  return fmt::format("\"{}\"", escape(text, kQuotedColumns));
}

std::string quote_name(std::string_view text) {
  return fmt::format("'{}'", escape(text, kQuotedColumns));
}

std::string quote_path(std::string_view text) {
  return fmt::format("'{}'", escape(text, kPathColumns));
}

}  // namespace takt::fleet
