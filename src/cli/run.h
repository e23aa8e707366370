#pragma once
// run: a whole command line, from its words to its exit code.

#include <span>
#include <string>

#include "cli/console.h"

namespace takt::cli {

/// Runs the verb that `words` (without the program's name) ask for. Never throws; every failure is
/// reported on the console. --json and --color set the console's fields.
int run(std::span<const std::string> words, Console& console);

}  // namespace takt::cli
