// takt check: validates the fleet file, with warnings about the machine and about values that make no
// sense together.

#include <fmt/format.h>

#include <algorithm>

#include "api/render.h"
#include "cli/coming.h"
#include "cli/planned.h"
#include "cli/verbs.h"
#include "fleet/load.h"
#include "fleet/preflight.h"

namespace takt::cli {
namespace {

using Problems = std::vector<fleet::Problem>;

std::ptrdiff_t count(const Problems& problems, fleet::Problem::Severity severity) {
  return std::ranges::count(problems, severity, &fleet::Problem::severity);
}

std::string plural(std::ptrdiff_t n, std::string_view noun) {
  return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

std::string summary(const std::filesystem::path& file, const fleet::Loaded& loaded) {
  const auto errors = count(loaded.problems, fleet::Problem::Severity::error);
  const auto warnings = count(loaded.problems, fleet::Problem::Severity::warning);
  std::string out = file.native() + ": ";
  if (loaded.spec)
    out += plural(static_cast<std::ptrdiff_t>(loaded.spec->jobs.size()), "job") + ", ";
  return out + plural(errors, "error") + ", " + plural(warnings, "warning");
}

Result run(Context& context, const Arguments&) {
  const auto& file = context.fleet_file();
  auto loaded = fleet::load(file, {.trust_file = context.common().trust_file});
  if (loaded.spec) {
    const auto add = [&](Problems more) {
      loaded.problems.insert(loaded.problems.end(), more.begin(), more.end());
    };
    add(fleet::preflight(*loaded.spec, loaded.where));
    add(fleet::advise(*loaded.spec, loaded.where, wall_clock()));
    settle_offsets(*loaded.spec, context.console());
    add(collision_warnings(*loaded.spec, loaded.where));
  }
  const bool ok = loaded.spec.has_value();
  auto& console = context.console();
  if (console.json) {
    console.print_json({{"ok", ok}, {"problems", api::problems(loaded.problems)}});
  } else {
    for (const auto& problem : loaded.problems) console.out << fleet::render(problem);
    console.out << summary(file, loaded) << '\n';
  }
  return ok ? Exit::ok : Exit::bad_file;
}

}  // namespace

Verb check_verb() {
  return {"check", Needs::file, "", "validate the fleet file, with warnings", {}, run};
}

}  // namespace takt::cli
