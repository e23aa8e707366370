#pragma once
// What the tests of the decoder share: decoding a text as /srv/app/fleet.toml, and problems as
// lines that can be compared.

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "fleet/load.h"

namespace takt::fleet::testing {

inline Loaded decode_text(std::string_view text) { return decode(text, "/srv/app/fleet.toml"); }

/// "3:7 error: message"
inline std::vector<std::string> lines_of(const std::vector<Problem>& problems) {
  std::vector<std::string> lines;
  for (const Problem& problem : problems) {
    const bool is_error = problem.severity == Problem::Severity::error;
    lines.push_back(fmt::format("{}:{} {}: {}", problem.line, problem.column,
                                is_error ? "error" : "warning", problem.message));
  }
  return lines;
}

inline std::vector<std::string> problems_of(std::string_view text) {
  return lines_of(decode_text(text).problems);
}

/// The single job of a fleet that must be valid.
inline core::JobSpec job_of(std::string_view text) {
  Loaded loaded = decode_text(text);
  if (!loaded.spec || loaded.spec->jobs.size() != 1) {
    throw std::runtime_error(
        fmt::format("not one valid job: {}", fmt::join(lines_of(loaded.problems), "\n")));
  }
  return std::move(loaded.spec->jobs.front());
}

}  // namespace takt::fleet::testing
