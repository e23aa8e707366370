// takt pools: who holds what, and who waits for it.

#include "cli/tables.h"
#include "cli/verbs.h"

namespace takt::cli {
namespace {

Result run(Context& context, const Arguments&) {
  const auto pools = context.get("/pools");
  if (!pools) return std::unexpected(pools.error());
  auto& console = context.console();
  if (console.json) {
    console.print_json(*pools);
  } else {
    console.out << pools_text(*pools, console.color);
  }
  return Exit::ok;
}

}  // namespace

Verb pools_verb() {
  return {"pools", Needs::daemon, "", "what is held of each pool, by whom, and who waits", {}, run};
}

}  // namespace takt::cli
