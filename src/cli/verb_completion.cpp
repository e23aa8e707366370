// takt completion: a script for a shell. takt __complete: what such a script asks for.

#include <algorithm>
#include <array>

#include "cli/completion.h"
#include "cli/verbs.h"
#include "fleet/load.h"
#include "fleet/quote.h"
#include "fleet/suggest.h"

namespace takt::cli {
namespace {

constexpr std::array<std::string_view, 3> kShells{"bash", "zsh", "fish"};

Result run(Context& context, const Arguments& arguments) {
  const auto& shell = arguments.positional();
  const auto script = completion_script(shell);
  if (!script) {
    const auto near = fleet::nearest(shell, kShells);
    return std::unexpected(
        usage_error("no completion for " + fleet::quote_name(shell),
                    near ? "did you mean '" + *near + "'?" : "one of bash, zsh, fish"));
  }
  auto& console = context.console();
  if (console.json) {
    console.print_json({{"shell", shell}, {"script", *script}});
  } else {
    console.out << *script;
  }
  return Exit::ok;
}

/// Names of jobs, one a line; nothing at all where there is no fleet file: a key was pressed, nobody
/// wants to read an error.
Result complete(Context& context, const Arguments& arguments) {
  if (arguments.positional() != "jobs") return Exit::ok;
  const auto spec = context.spec();
  if (!spec) return Exit::ok;
  for (const auto& job : (*spec)->jobs) context.console().out << job.name << '\n';
  return Exit::ok;
}

}  // namespace

Verb completion_verb() {
  return {"completion", Needs::nothing, "SHELL", "a completion script for bash, zsh or fish", {},
          run};
}

Verb complete_verb() {
  return {"__complete", Needs::file, "WHAT", "what a completion script asks for", {}, complete};
}

}  // namespace takt::cli
