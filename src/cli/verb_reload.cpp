// takt reload: has the running daemon read its fleet file anew.

#include <fmt/format.h>

#include "cli/fields.h"
#include "cli/verbs.h"
#include "fleet/problem.h"

namespace takt::cli {
namespace {

constexpr Duration kPatience = std::chrono::seconds{60};

/// As `check` would print it; the line itself stays with the daemon.
std::string rendered(const boost::json::object& object) {
  fleet::Problem problem;
  const bool warning = text_field(object, "severity") == "warning";
  problem.severity = warning ? fleet::Problem::Severity::warning : fleet::Problem::Severity::error;
  problem.file = text_field(object, "file");
  problem.line = static_cast<int>(number_field(object, "line").value_or(0));
  problem.column = static_cast<int>(number_field(object, "column").value_or(0));
  problem.message = text_field(object, "message");
  problem.hint = text_field(object, "hint");
  return fleet::render(problem);
}

Result run(Context& context, const Arguments&) {
  const auto answer = context.ask("/reload", std::nullopt, kPatience);
  if (!answer) return std::unexpected(answer.error());
  const bool bad_file = answer->status == 422;
  if (answer->status != 200 && !bad_file) return std::unexpected(failure_of(*answer));

  Console& console = context.console();
  if (console.json) {
    console.print_json(answer->body);
    return bad_file ? Exit::bad_file : Exit::ok;
  }
  for (const auto& problem : array_field(answer->body, "problems")) {
    if (problem.is_object()) console.err << rendered(problem.as_object());
  }
  if (bad_file) return std::unexpected(failure_of(*answer));
  console.out << "reloaded: " << text_field(answer->body, "summary") << '\n';
  return Exit::ok;
}

}  // namespace

Verb reload_verb() {
  return {"reload", Needs::daemon, "", "read the fleet file anew; a bad one changes nothing", {},
          run};
}

}  // namespace takt::cli
