#include "fleet/roff.h"

#include <fmt/format.h>

namespace takt::fleet {

std::string roff_text(std::string_view text) {
  std::string out;
  bool bold = false;
  for (const char c : text) {
    const bool starts_line = out.empty() || out.back() == '\n';
    if (starts_line && (c == '.' || c == '\'')) out += "\\&";
    if (c == '`') {
      bold = !bold;
      out += bold ? "\\fB" : "\\fR";
    } else if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

std::string roff_heading(std::string_view macro, std::string_view title) {
  return fmt::format(".{} \"{}\"\n", macro, roff_text(title));
}

}  // namespace takt::fleet
