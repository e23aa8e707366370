// takt ls: one row a job.

#include "cli/tables.h"
#include "cli/verbs.h"

namespace takt::cli {
namespace {

Result run(Context& context, const Arguments&) {
  const auto jobs = context.get("/jobs");
  if (!jobs) return std::unexpected(jobs.error());
  auto& console = context.console();
  if (console.json) {
    console.print_json(*jobs);
  } else {
    console.out << ls_table(*jobs, console.color);
  }
  return Exit::ok;
}

}  // namespace

Verb ls_verb() {
  return {"ls", Needs::daemon, "", "one row a job: state, next, last, margin, priority", {}, run};
}

}  // namespace takt::cli
