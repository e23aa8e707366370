// takt health: how the probes of the health checks stand, and an exit code.

#include "cli/fields.h"
#include "cli/tables.h"
#include "cli/verbs.h"

namespace takt::cli {
namespace {

Result run(Context& context, const Arguments&) {
  const auto health = context.get("/health");
  if (!health) return std::unexpected(health.error());
  auto& console = context.console();
  if (console.json) {
    console.print_json(*health);
  } else {
    console.out << health_text(*health, console.color);
  }
  return flag_field(*health, "ok") ? Exit::ok : Exit::degraded;
}

}  // namespace

Verb health_verb() {
  return {
      "health", Needs::daemon,
      "",       "what the health checks found last; 0 all is well, 7 a probe fails or is unknown",
      {},       run};
}

}  // namespace takt::cli
