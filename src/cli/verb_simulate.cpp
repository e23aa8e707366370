// takt simulate: days of the fleet in seconds.

#include <fmt/format.h>

#include <array>
#include <boost/json/array.hpp>
#include <chrono>
#include <limits>

#include "api/render.h"
#include "cli/tables.h"
#include "cli/verbs.h"
#include "fleet/quote.h"
#include "sim/simulate.h"

namespace takt::cli {
namespace {

namespace json = boost::json;

constexpr std::array kOptions{
    OptionSpec{"--for", "D", "how much fleet time; default 1d"},
    OptionSpec{"--seed", "S", "the same seed is the same history; default 1"},
    OptionSpec{"--faults", "none|default", "what goes wrong; default: default"}};

json::object counts(const std::map<std::string, std::int64_t>& items) {
  json::object out;
  for (const auto& [name, n] : items) out[name] = n;
  return out;
}

json::object job_json(const sim::JobReport& job) {
  return {{"name", api::utf8(job.name)},
          {"slots", job.slots},
          {"ran", job.ran},
          {"skipped", counts(job.skipped)},
          {"missed", job.missed},
          {"ok", job.ok},
          {"failed", job.failed},
          {"lateness_p50_ms", job.lateness_p50.count()},
          {"lateness_p99_ms", job.lateness_p99.count()},
          {"lateness_max_ms", job.lateness_max.count()},
          {"recoveries", job.recoveries},
          {"detection_max_ms",
           job.detection_max ? json::value(job.detection_max->count()) : json::value(nullptr)}};
}

json::object report_json(const sim::Report& report, Duration wall) {
  json::array violations;
  for (const auto& violation : report.violations) {
    violations.push_back(json::object{{"invariant", violation.invariant},
                                      {"at", format_rfc3339(violation.at)},
                                      {"text", api::utf8(violation.text)}});
  }
  json::array jobs;
  for (const auto& job : report.jobs) jobs.push_back(job_json(job));
  return {{"seed", report.seed},
          {"simulated_ms", report.simulated.count()},
          {"wall_ms", wall.count()},
          {"runs", report.runs},
          {"faults", counts(report.faults)},
          {"violations", std::move(violations)},
          {"violation_count", report.violation_count},
          {"jobs", std::move(jobs)},
          {"pools", json::array{}},
          {"hash", fmt::format("{:016x}", report.hash)}};
}

std::expected<sim::Options, Failure> options_of(const Arguments& arguments) {
  sim::Options options;
  const auto length = arguments.duration("for");
  if (!length) return std::unexpected(length.error());
  const auto seed = arguments.number("seed", 0, std::numeric_limits<std::int64_t>::max());
  if (!seed) return std::unexpected(seed.error());
  options.length = length->value_or(options.length);
  if (*seed) options.seed = static_cast<std::uint64_t>(**seed);

  const auto faults = arguments.text("faults").value_or("default");
  options.faults = faults != "none";
  if (faults == "none" || faults == "default") return options;
  return std::unexpected(usage_error(
      fmt::format("--faults {}: a file of faults is not supported yet", fleet::quote_name(faults)),
      "one of none, default"));
}

Result run(Context& context, const Arguments& arguments) {
  const auto options = options_of(arguments);
  if (!options) return std::unexpected(options.error());
  const auto spec = context.spec();
  if (!spec) return std::unexpected(spec.error());

  const auto began = std::chrono::steady_clock::now();
  const auto report = sim::simulate(**spec, *options);
  const auto wall = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - began);

  auto& console = context.console();
  const auto object = report_json(report, wall);
  if (console.json) {
    console.print_json(object);
  } else {
    console.out << simulate_text(object, console.color);
  }
  return report.violation_count > 0 ? Exit::failed : Exit::ok;
}

}  // namespace

Verb simulate_verb() {
  return {"simulate", Needs::file, "", "days of the fleet in seconds, with faults", kOptions, run};
}

}  // namespace takt::cli
