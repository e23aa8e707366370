// takt memory: what is left of it, what the fleet makes of that, and who has a limit.

#include "cli/tables.h"
#include "cli/verbs.h"

namespace takt::cli {
namespace {

Result run(Context& context, const Arguments&) {
  const auto memory = context.get("/memory");
  if (!memory) return std::unexpected(memory.error());
  auto& console = context.console();
  if (console.json) {
    console.print_json(*memory);
  } else {
    console.out << memory_text(*memory, console.color);
  }
  return Exit::ok;
}

}  // namespace

Verb memory_verb() {
  return {"memory", Needs::daemon,
          "",       "what is left of it, from where on jobs are skipped, who has a limit",
          {},       run};
}

}  // namespace takt::cli
