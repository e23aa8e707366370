// takt cancel: ends a run, its attempt's whole tree included.

#include <fmt/format.h>

#include "cli/verbs.h"
#include "fleet/quote.h"

namespace takt::cli {
namespace {

Result run(Context& context, const Arguments& arguments) {
  const auto id = as_run(arguments.positional());
  if (!id) {
    return std::unexpected(
        usage_error(fleet::quote_name(arguments.positional()) + " is not the number of a run",
                    "takt runs lists them"));
  }
  const auto done = context.post(fmt::format("/runs/{}/cancel", id->value));
  if (!done) return std::unexpected(done.error());
  auto& console = context.console();
  if (console.json) {
    console.print_json(*done);
  } else {
    console.out << "run " << id->value << " is cancelled\n";
  }
  return Exit::ok;
}

}  // namespace

Verb cancel_verb() {
  return {"cancel", Needs::daemon, "RUN", "end a run and everything that it started", {}, run};
}

}  // namespace takt::cli
