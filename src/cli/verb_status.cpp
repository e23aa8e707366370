// takt status: one line and an exit code, for monitoring.

#include "cli/fields.h"
#include "cli/people.h"
#include "cli/terminal_text.h"
#include "cli/verbs.h"

namespace takt::cli {
namespace {

Result run(Context& context, const Arguments&) {
  const auto status = context.get("/status");
  if (!status) return std::unexpected(status.error());
  const bool ok = flag_field(*status, "ok");
  auto& console = context.console();
  if (console.json) {
    console.print_json(*status);
  } else {
    const auto mark =
        painted(ok ? "✓ ok" : "✗ degraded", ok ? Paint::green : Paint::red, console.color);
    console.out << mark << "  " << inert(text_field(*status, "summary")) << '\n';
  }
  return ok ? Exit::ok : Exit::degraded;
}

}  // namespace

Verb status_verb() {
  return {"status", Needs::daemon, "", "one line and an exit code: 0 all is well, 7 degraded", {},
          run};
}

}  // namespace takt::cli
