#include "cli/terminal_text.h"

#include "fleet/quote.h"

namespace takt::cli {
namespace {

constexpr std::size_t kColourMax = 64;  // no real colour sequence is longer

/// Length of the colour sequence at the front of `text`; 0 when there is none.
std::size_t colour_length(std::string_view text) {
  if (!text.starts_with("\x1b[")) return 0;
  const auto end = text.find_first_not_of("0123456789;:", 2);
  if (end == std::string_view::npos || text[end] != 'm' || end > kColourMax) return 0;
  return end + 1;
}

}  // namespace

std::string inert(std::string_view text) { return fleet::escape(text); }

std::string inert_log_line(std::string_view text) {
  std::string out;
  bool coloured = false;
  while (!text.empty()) {
    const auto special = text.find_first_of("\x1b\t");
    out += fleet::escape(text.substr(0, special));
    if (special == std::string_view::npos) break;
    text.remove_prefix(special);
    auto kept = colour_length(text);
    coloured = coloured || kept > 0;
    if (text.front() == '\t') kept = 1;
    out += kept > 0 ? std::string(text.substr(0, kept)) : fleet::escape(text.substr(0, 1));
    text.remove_prefix(kept > 0 ? kept : 1);
  }
  if (coloured) out += "\x1b[0m";
  return out;
}

}  // namespace takt::cli
