// takt tune: thresholds proposed from history, each with what speaks for it.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <limits>

#include "cli/table.h"
#include "cli/tune_history.h"
#include "cli/verbs.h"
#include "core/tune.h"

namespace takt::cli {
namespace {

namespace json = boost::json;
using Tunings = std::vector<core::Tuning>;

constexpr std::array kOptions{
    OptionSpec{"--watchdog", "", "hung_after, late_after and stale_after alone"},
    OptionSpec{"--toml", "", "as lines for the fleet file"},
    OptionSpec{"--simulate", "D", "from so much simulated time instead of the history"},
    OptionSpec{"--seed", "S", "of the simulation; default 1"}};

constexpr Duration kSimulatedMax = std::chrono::hours{24 * 366};

std::expected<core::JobHistories, Failure> histories_of(Context& context,
                                                        const Arguments& arguments,
                                                        const core::FleetSpec& spec) {
  const auto length = arguments.duration("simulate");
  if (!length) return std::unexpected(length.error());
  const auto seed = arguments.number("seed", 0, std::numeric_limits<std::int64_t>::max());
  if (!seed) return std::unexpected(seed.error());
  if (!*length) {
    if (*seed) return std::unexpected(usage_error("--seed goes with --simulate", "leave it out"));
    return stored_histories(context);
  }
  if (**length > kSimulatedMax) {
    return std::unexpected(usage_error("--simulate takes a year at most", "30d tells much"));
  }
  return simulated_histories(spec, **length, static_cast<std::uint64_t>(seed->value_or(1)));
}

json::object to_json(const core::Proposal& proposal) {
  return {{"key", std::string{proposal.key}},
          {"now_ms", proposal.now ? json::value(proposal.now->count()) : json::value(nullptr)},
          {"proposed_ms", proposal.proposed.count()},
          {"evidence", proposal.evidence}};
}

json::object to_json(const Tunings& tunings) {
  json::array jobs;
  for (const auto& tuning : tunings) {
    json::array proposals;
    for (const auto& proposal : tuning.proposals) proposals.push_back(to_json(proposal));
    json::object job{
        {"name", tuning.job}, {"ok_runs", tuning.ok_runs}, {"proposals", std::move(proposals)}};
    if (!tuning.note.empty()) job["note"] = tuning.note;
    jobs.push_back(std::move(job));
  }
  return {{"jobs", std::move(jobs)}};
}

std::string value_text(const std::optional<Duration>& value) {
  return value ? format_duration(*value) : "-";
}

std::string to_text(const Tunings& tunings, bool color) {
  Table table({{"JOB"}, {"KEY"}, {"NOW", Align::right}, {"PROPOSED", Align::right}, {"EVIDENCE"}});
  std::string notes;
  for (const auto& tuning : tunings) {
    for (const auto& [key, now, proposed, evidence] : tuning.proposals) {
      table.add({{tuning.job},
                 {std::string{key}},
                 {value_text(now)},
                 {format_duration(proposed)},
                 {evidence}});
    }
    if (!tuning.note.empty()) notes += fmt::format("{}: {}\n", tuning.job, tuning.note);
  }
  std::string out = table.empty() ? "nothing to change\n" : table.render(color);
  if (!notes.empty()) out += "\n" + notes;
  return out;
}

/// A table's name with a dot in it stands in quotes.
std::string table_name(const std::string& job) {
  return job.find('.') == std::string::npos ? job : fmt::format("\"{}\"", job);
}

std::string to_toml(const Tunings& tunings) {
  std::string out = "# Proposed by takt tune, for the tables that these jobs have.\n";
  for (const auto& tuning : tunings) {
    if (tuning.proposals.empty()) continue;
    out += fmt::format("\n[job.{}]\n", table_name(tuning.job));
    for (const auto& [key, now, proposed, evidence] : tuning.proposals) {
      out += fmt::format("{} = \"{}\"  # now {}; {}\n", key, format_duration(proposed),
                         now ? format_duration(*now) : "unset", evidence);
    }
  }
  return out;
}

std::expected<Tunings, Failure> tunings_of(Context& context, const Arguments& arguments) {
  const auto spec = context.spec();
  if (!spec) return std::unexpected(spec.error());
  const auto& only = arguments.positional();
  const auto& jobs = (*spec)->jobs;
  if (!only.empty() && std::ranges::find(jobs, only, &core::JobSpec::name) == jobs.end()) {
    return std::unexpected(no_such_job(context, only));
  }
  auto histories = histories_of(context, arguments, **spec);
  if (!histories) return std::unexpected(histories.error());
  Tunings tunings;
  for (const auto& job : jobs) {
    if (!job.enabled || (!only.empty() && job.name != only)) continue;
    tunings.push_back(core::tune(job, (*histories)[job.name], arguments.has("watchdog")));
  }
  return tunings;
}

Result run(Context& context, const Arguments& arguments) {
  const auto tunings = tunings_of(context, arguments);
  if (!tunings) return std::unexpected(tunings.error());
  auto& console = context.console();
  if (console.json) {
    console.print_json(to_json(*tunings));
  } else if (arguments.has("toml")) {
    console.out << to_toml(*tunings);
  } else {
    console.out << to_text(*tunings, console.color);
  }
  return Exit::ok;
}

}  // namespace

Verb tune_verb() {
  return {"tune",   Needs::file,
          "[JOB]",  "thresholds proposed from history, each with its evidence",
          kOptions, run};
}

}  // namespace takt::cli
