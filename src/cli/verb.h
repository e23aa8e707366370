#pragma once
// Verb: one thing that the command line can do, as data: the table of them drives the parser, the help
// and "did you mean". Each verb is a file verb_NAME.cpp of its own.

#include <span>
#include <string_view>
#include <vector>

#include "cli/arguments.h"
#include "cli/context.h"
#include "cli/failure.h"

namespace takt::cli {

enum class Needs { nothing, file, daemon, history };

struct Verb {
  std::string_view name;
  Needs needs;
  /// "JOB", "[JOB]" where it may be left out, "KIND FILE" for two, or empty: takes none.
  std::string_view argument;
  std::string_view help;  // one line
  std::span<const OptionSpec> options;
  Result (*run)(Context& context, const Arguments& arguments);
};

/// The words of `argument`, one for each place.
std::vector<std::string_view> places_of(const Verb& verb);

}  // namespace takt::cli
