// takt __man: the manual pages as the build installs them.

#include "cli/manual.h"
#include "cli/verbs.h"
#include "fleet/manual.h"
#include "fleet/quote.h"

namespace takt::cli {
namespace {

Result run(Context& context, const Arguments& arguments) {
  const auto& page = arguments.positional();
  if (page != "takt" && page != "takt-fleet") {
    return std::unexpected(
        usage_error("no manual page " + fleet::quote_name(page), "one of takt, takt-fleet"));
  }
  context.console().out << (page == "takt" ? manual_page() : fleet::manual_page(TAKT_VERSION));
  return Exit::ok;
}

}  // namespace

Verb man_verb() {
  return {"__man", Needs::nothing, "PAGE", "a manual page, for the build", {}, run};
}

}  // namespace takt::cli
