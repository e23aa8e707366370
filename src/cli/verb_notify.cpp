// takt notify test NAME: tells a contact that this is a test, and waits for what becomes of it.

#include <fmt/format.h>

#include "cli/verbs.h"
#include "fleet/names.h"
#include "fleet/quote.h"

namespace takt::cli {
namespace {

/// A message is tried several times, with growing waits.
constexpr std::chrono::minutes kPatience{5};

Result run(Context& context, const Arguments& arguments) {
  const std::string& what = arguments.positional(0);
  const std::string& name = arguments.positional(1);
  if (what != "test") {
    return std::unexpected(usage_error("notify " + fleet::quote_name(what) + " is nothing it does",
                                       "takt notify test NAME"));
  }
  if (const auto valid = fleet::valid_name(name); !valid) {
    return std::unexpected(
        usage_error("the contact's name " + fleet::quote_name(name) + " " + valid.error(),
                    "contacts are the [notify.NAME] of the fleet file"));
  }
  const auto done =
      context.post(fmt::format("/notify/{}/test", name), std::nullopt, Duration{kPatience});
  if (!done) return std::unexpected(done.error());
  auto& console = context.console();
  if (console.json) {
    console.print_json(*done);
  } else {
    console.out << name << " was told\n";
  }
  return Exit::ok;
}

}  // namespace

Verb notify_verb() {
  return {"notify",    Needs::daemon,
          "test NAME", "tell a contact that this is a test; 1 when that is not possible",
          {},          run};
}

}  // namespace takt::cli
