#pragma once
// Parse: from the words of a command line to a verb, the common options and the verb's arguments.
//
//   takt [common options] VERB [argument] [options of the verb and common options]

#include <expected>
#include <span>
#include <string>

#include "cli/arguments.h"
#include "cli/context.h"
#include "cli/failure.h"
#include "cli/verb.h"

namespace takt::cli {

struct Parsed {
  const Verb* verb = nullptr;
  Common common;
  Arguments arguments;
  bool help = false;  // --help was among the words
};

/// `words` without the program's name. Errors are usage errors: no verb, an unknown verb or option
/// (with the nearest one), a missing or superfluous argument or value.
std::expected<Parsed, Failure> parse(std::span<const std::string> words);

/// Whether --json is among the words: errors of the command line itself are told in JSON, too.
bool asks_for_json(std::span<const std::string> words);

}  // namespace takt::cli
