#include "cli/run.h"

#include <cerrno>
#include <exception>
#include <system_error>

#include "cli/context.h"
#include "cli/help.h"
#include "cli/interrupt.h"
#include "cli/parse.h"
#include "cli/verbs.h"

namespace takt::cli {
namespace {

Result carry_out(std::span<const std::string> words, Console& console) {
  console.json = asks_for_json(words);
  // `takt --version` is what people type first.
  if (words.size() == 1 && words.front() == "--version") {
    const std::string verb = "version";
    return carry_out(std::span(&verb, 1), console);
  }
  const auto parsed = parse(words);
  if (!parsed) return std::unexpected(parsed.error());
  console.color = wants_color(parsed->common.color, console.out_is_terminal);
  if (parsed->help) {
    const bool whole = parsed->verb->name == "help";
    console.out << (whole ? overview() : help_of(*parsed->verb));
    return Exit::ok;
  }
  if (parsed->verb->name != "up") end_on_interrupt();
  Context context(parsed->common, console);
  return parsed->verb->run(context, parsed->arguments);
}

/// Data that could not be written is a failure, unless the reader went away: that is its right.
Exit conclude(Exit exit, Console& console) {
  errno = 0;
  console.out.flush();
  if (console.out.good() || errno == EPIPE) return exit;
  console.report({.exit = Exit::failed,
                  .what = "stdout cannot be written: " + std::generic_category().message(errno),
                  .where = "stdout",
                  .hint = "is the disk full?"});
  return exit == Exit::ok ? Exit::failed : exit;
}

}  // namespace

int run(std::span<const std::string> words, Console& console) {
  Result result = Exit::ok;
  try {
    result = carry_out(words, console);
  } catch (
      const std::exception& error) {  // out of memory; whatever a library thinks worth throwing
    result = std::unexpected(Failure{.exit = Exit::failed,
                                     .what = error.what(),
                                     .where = "takt",
                                     .hint = "this is a defect of takt"});
  }
  if (!result) {
    console.report(result.error());
    return static_cast<int>(conclude(result.error().exit, console));
  }
  return static_cast<int>(conclude(*result, console));
}

}  // namespace takt::cli
