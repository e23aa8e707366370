#pragma once
// Failure: why a verb did not do what was asked: what, where, what to do next, and the exit code.

#include <boost/json/array.hpp>
#include <expected>
#include <string>

#include "cli/exit_code.h"

namespace takt::cli {

struct Failure {
  Exit exit = Exit::failed;
  std::string what;
  std::string where;
  std::string hint;
  std::string details;       // printed before it, for people: the problems of a fleet file
  boost::json::array gates;  // of a refusal: those that said no
};

using Result = std::expected<Exit, Failure>;

inline Failure usage_error(std::string what, std::string hint) {
  return {.exit = Exit::usage,
          .what = std::move(what),
          .where = "command line",
          .hint = std::move(hint),
          .details = {},
          .gates = {}};
}

}  // namespace takt::cli
