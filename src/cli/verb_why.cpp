// takt why: every gate with its evidence.

#include <fmt/format.h>

#include "cli/tables.h"
#include "cli/verbs.h"

namespace takt::cli {
namespace {

std::expected<boost::json::object, Failure> ask(Context& context, const std::string& subject) {
  if (const auto run = as_run(subject)) return context.get(fmt::format("/runs/{}/why", run->value));
  // Without a daemon the answer is exit 5 for any name: who is there to say that it is unknown?
  if (const auto client = context.daemon(); !client) return std::unexpected(client.error());
  const auto path = job_path(context, subject, "/why");
  if (!path) return std::unexpected(path.error());
  auto answer = context.get(*path);
  if (!answer && answer.error().exit == Exit::not_found) {
    return std::unexpected(no_such_job(context, subject));
  }
  return answer;
}

Result run(Context& context, const Arguments& arguments) {
  const auto why = ask(context, arguments.positional());
  if (!why) return std::unexpected(why.error());
  auto& console = context.console();
  if (console.json) {
    console.print_json(*why);
  } else {
    console.out << why_text(*why, console.color);
  }
  return Exit::ok;
}

}  // namespace

Verb why_verb() {
  return {"why", Needs::daemon, "JOB|RUN", "why it runs or not: every gate with its evidence", {},
          run};
}

}  // namespace takt::cli
