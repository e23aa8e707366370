#include "fleet/problem.h"

#include <fmt/format.h>

#include <string_view>

#include "base/unicode.h"
#include "fleet/quote.h"

namespace takt::fleet {
namespace {

std::string place(const Problem& problem) {
  const std::string file = escape(problem.file);
  if (problem.line == 0) return file.empty() ? std::string{} : fmt::format("{}: ", file);
  return fmt::format("{}:{}:{}: ", file, problem.line, problem.column);
}

/// The source line as it can be shown, and under it the caret.
std::string picture(std::string_view line, int caret) {
  std::string shown;
  std::string under;
  bool reached = false;
  int column = 1;
  for (std::size_t at = 0; at < line.size(); ++column) {
    if (column == caret) reached = true;
    const std::size_t bytes = code_point_at(line, at).bytes;
    const std::string_view one = line.substr(at, bytes);
    const std::string safe = one == "\t" ? std::string{one} : escape(one);
    shown += safe;
    if (!reached) under += one == "\t" ? std::string{one} : std::string(count_columns(safe), ' ');
    at += bytes;
  }
  return fmt::format("{}\n{}^\n", shown, under);
}

}  // namespace

std::string render(const Problem& problem) {
  const bool is_error = problem.severity == Problem::Severity::error;
  std::string text = fmt::format("{}{}: {}\n", place(problem), is_error ? "error" : "warning",
                                 escape(problem.message));
  const int caret = problem.caret > 0 ? problem.caret : problem.column;
  if (problem.line > 0 && !problem.line_text.empty()) text += picture(problem.line_text, caret);
  if (!problem.hint.empty()) text += fmt::format("  hint: {}\n", escape(problem.hint));
  return text;
}

}  // namespace takt::fleet
