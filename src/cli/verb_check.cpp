// takt check: validates the fleet file, with warnings about the machine and about values that make no
// sense together.

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>

#include "api/render.h"
#include "cli/verbs.h"
#include "fleet/load.h"
#include "fleet/preflight.h"

namespace takt::cli {
namespace {

namespace json = boost::json;
using Problems = std::vector<fleet::Problem>;

json::object problem_json(const fleet::Problem& problem) {
  const bool error = problem.severity == fleet::Problem::Severity::error;
  json::object out{{"severity", error ? "error" : "warning"},
                   {"file", api::utf8(problem.file)},
                   {"line", problem.line},
                   {"column", problem.column},
                   {"message", api::utf8(problem.message)}};
  if (!problem.hint.empty()) out["hint"] = api::utf8(problem.hint);
  return out;
}

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
    add(fleet::advise(*loaded.spec, loaded.where));
  }
  const bool ok = loaded.spec.has_value();
  auto& console = context.console();
  if (console.json) {
    json::array problems;
    for (const auto& problem : loaded.problems) problems.push_back(problem_json(problem));
    console.print_json({{"ok", ok}, {"problems", std::move(problems)}});
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
