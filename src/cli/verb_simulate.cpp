// takt simulate: days of the fleet in seconds.

#include <fmt/format.h>

#include <array>
#include <boost/json/array.hpp>
#include <chrono>
#include <fstream>
#include <limits>
#include <optional>
#include <string>

#include "api/render.h"
#include "cli/planned.h"
#include "cli/tables.h"
#include "cli/verbs.h"
#include "fleet/quote.h"
#include "sim/mix_file.h"
#include "sim/simulate.h"

namespace takt::cli {
namespace {

namespace json = boost::json;

constexpr std::array kOptions{
    OptionSpec{"--for", "D", "how much fleet time; default 1d"},
    OptionSpec{"--seed", "S", "the same seed is the same history; default 1"},
    OptionSpec{"--faults", "none|default|FILE",
               "what goes wrong; default: default; FILE: a mix of your own, in TOML"}};

constexpr std::streamsize kMixBytesMax = 1 << 20;

struct Asked {
  sim::Options options;
  sim::Mix mix;
};

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

json::object pool_json(const sim::PoolReport& pool) {
  return {{"name", api::utf8(pool.name)},
          {"used_mean", pool.used_mean},
          {"peak", pool.peak},
          {"wait_p95_ms", pool.wait_p95.count()}};
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
  json::array pools;
  for (const auto& pool : report.pools) pools.push_back(pool_json(pool));
  return {{"seed", report.seed},
          {"simulated_ms", report.simulated.count()},
          {"wall_ms", wall.count()},
          {"runs", report.runs},
          {"faults", counts(report.faults)},
          {"violations", std::move(violations)},
          {"violation_count", report.violation_count},
          {"jobs", std::move(jobs)},
          {"pools", std::move(pools)},
          {"coverage", counts(report.coverage)},
          {"hash", fmt::format("{:016x}", report.hash)}};
}

/// The text of a file of faults; nullopt when it cannot be read.
std::optional<std::string> read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(kMixBytesMax), '\0');
  if (!file) return std::nullopt;
  file.read(text.data(), kMixBytesMax);
  if (file.bad() || !file.eof()) return std::nullopt;
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

std::expected<sim::Mix, Failure> mix_of(const std::string& path) {
  const auto text = read_text(path);
  if (!text) {
    return std::unexpected(usage_error(
        fmt::format("--faults {}: there is no such file to read", fleet::quote_path(path)),
        "none, default, or a file of faults"));
  }
  auto mix = sim::read_mix(*text, path);
  if (mix) return *mix;
  Failure failure{.exit = Exit::bad_file,
                  .what = "the file of faults is not valid",
                  .where = path,
                  .hint = "docs/guide/simulating.md lists what may stand in it",
                  .details = {},
                  .gates = {}};
  for (const auto& problem : mix.error()) failure.details += fleet::render(problem);
  return std::unexpected(std::move(failure));
}

std::expected<Asked, Failure> asked_by(const Arguments& arguments) {
  Asked asked;
  const auto length = arguments.duration("for");
  if (!length) return std::unexpected(length.error());
  const auto seed = arguments.number("seed", 0, std::numeric_limits<std::int64_t>::max());
  if (!seed) return std::unexpected(seed.error());
  asked.options.length = length->value_or(asked.options.length);
  if (*seed) asked.options.seed = static_cast<std::uint64_t>(**seed);

  const auto faults = std::string{arguments.text("faults").value_or("default")};
  asked.options.faults = faults != "none";
  if (faults == "none" || faults == "default") return asked;
  auto mix = mix_of(faults);
  if (!mix) return std::unexpected(std::move(mix.error()));
  asked.mix = *mix;
  return asked;
}

Result run(Context& context, const Arguments& arguments) {
  const auto asked = asked_by(arguments);
  if (!asked) return std::unexpected(asked.error());
  const auto spec = planned_spec(context);
  if (!spec) return std::unexpected(spec.error());

  const auto began = std::chrono::steady_clock::now();
  const auto report = sim::simulate(*spec, asked->options, asked->mix);
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
