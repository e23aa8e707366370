// takt logs: what a run wrote.

#include <fmt/format.h>

#include <array>
#include <limits>

#include "cli/fields.h"
#include "cli/follow.h"
#include "cli/log_printer.h"
#include "cli/verbs.h"
#include "fleet/names.h"

namespace takt::cli {
namespace {

namespace json = boost::json;

constexpr std::array kOptions{OptionSpec{"-F,--follow", "", "go on until the run ends"},
                              OptionSpec{"--attempt", "N", "that attempt; default the newest"},
                              OptionSpec{"--timestamps", "", "each line with its time and stream"},
                              OptionSpec{"--jsonl", "", "one JSON object a line"}};

constexpr std::int64_t kRunsLookedAt = 1000;

Failure nothing_yet(const std::string& job) {
  return {.exit = Exit::not_found,
          .what = "no run of " + job + " has a log yet",
          .where = "runs",
          .hint = "takt why " + job + " tells what it waits for"};
}

/// The newest run of a job that has an attempt; to follow also one that still waits for its first.
Past::Answer newest_run(Context& context, Past& past, const std::string& job, bool follow) {
  if (!fleet::valid_name(job)) return std::unexpected(no_such_job(context, job));
  PastQuery query;
  query.job = job;
  query.limit = kRunsLookedAt;
  const auto runs = past.runs(query);
  if (!runs) return std::unexpected(runs.error());
  const auto& list = array_field(*runs, "runs");
  for (const auto& item : list) {
    const auto& run = item.as_object();
    const bool lives = text_field(run, "state") != "ended";
    if (!array_field(run, "attempts").empty() || (follow && lives)) return run;
  }
  const auto spec = context.spec();
  if (!spec) return std::unexpected(spec.error());
  for (const auto& known : (*spec)->jobs) {
    if (known.name == job) return std::unexpected(nothing_yet(job));
  }
  return std::unexpected(list.empty() ? no_such_job(context, job) : nothing_yet(job));
}

/// Which attempt to begin with: the one asked for, else the newest (to follow a run that waits: the
/// first).
std::expected<int, Failure> first_attempt(const json::object& run,
                                          const std::optional<std::int64_t>& asked, bool follow) {
  const auto& attempts = array_field(run, "attempts");
  const auto id = number_field(run, "id").value_or(0);
  if (!asked) {
    if (!attempts.empty()) {
      return static_cast<int>(number_field(attempts.back().as_object(), "attempt").value_or(1));
    }
    if (follow && text_field(run, "state") != "ended") return 1;
    return std::unexpected(Failure{.exit = Exit::not_found,
                                   .what = fmt::format("run {} has no attempt", id),
                                   .where = fmt::format("run {}", id),
                                   .hint = fmt::format("takt why {} tells the reason", id)});
  }
  for (const auto& attempt : attempts) {
    if (number_field(attempt.as_object(), "attempt") == *asked) return static_cast<int>(*asked);
  }
  return std::unexpected(Failure{.exit = Exit::not_found,
                                 .what = fmt::format("run {} has no attempt {}", id, *asked),
                                 .where = fmt::format("run {}", id),
                                 .hint = fmt::format("it has {} of them", attempts.size())});
}

/// Where lines go: to the printer, or kept for the one JSON object.
struct Lines {
  LogPrinter printer;
  bool kept = false;
  json::array list;

  void take(int attempt, const exec::LogLine& line) {
    if (kept) {
      list.push_back(log_line_json(attempt, line));
    } else {
      printer.print(attempt, line);
    }
  }
};

Result read(Context& context, Past& past, const json::object& run, int first,
            const Arguments& arguments) {
  const auto folder = context.state_dir();
  if (!folder) return std::unexpected(folder.error());
  auto& console = context.console();
  const RunId id{number_field(run, "id").value_or(0)};
  const std::string job(text_field(run, "job"));
  const bool only = arguments.has("attempt");
  const bool follow = arguments.has("follow");

  Lines lines{.printer = LogPrinter(console, arguments.has("timestamps"), arguments.has("jsonl")),
              .kept = console.json && !arguments.has("jsonl"),
              .list = {}};
  RunLog log(*folder, job, id, first, only || !follow);
  const auto sink = [&](int attempt, const exec::LogLine& line) { lines.take(attempt, line); };
  if (follow) {
    FollowOptions options;
    if (only) options.only_attempt = first;
    const auto followed =
        follow_run(past, id, log, sink, [&] { return lines.printer.flush(); }, options);
    if (!followed) return std::unexpected(followed.error());
    if (followed->end == Followed::End::interrupted) return Exit::interrupted;
    if (followed->end == Followed::End::no_daemon) {
      console.talk("no daemon runs: the run goes on with the next one");
    }
  } else {
    log.pump(array_field(run, "attempts"), sink);
    if (!log.problem().empty()) {
      return std::unexpected(Failure{.exit = Exit::not_found,
                                     .what = "the log is not there: " + log.problem(),
                                     .where = fmt::format("run {}", id.value),
                                     .hint = "keep_runs and keep_for say how long logs are kept"});
    }
  }
  if (lines.kept) {
    console.print_json({{"run", id.value}, {"job", job}, {"lines", std::move(lines.list)}});
  }
  return Exit::ok;
}

Result run(Context& context, const Arguments& arguments) {
  const auto attempt = arguments.number("attempt", 1, std::numeric_limits<int>::max());
  if (!attempt) return std::unexpected(attempt.error());
  auto past = Past::open(context);
  if (!past) return std::unexpected(past.error());
  const bool follow = arguments.has("follow");
  const auto& subject = arguments.positional();
  const auto id = as_run(subject);
  const auto found = id ? past->run(*id) : newest_run(context, *past, subject, follow);
  if (!found) return std::unexpected(found.error());
  const auto first = first_attempt(*found, *attempt, follow);
  if (!first) return std::unexpected(first.error());
  return read(context, *past, *found, *first, arguments);
}

}  // namespace

Verb logs_verb() {
  return {"logs", Needs::history, "JOB|RUN", "what a run wrote; of a job, the newest", kOptions,
          run};
}

}  // namespace takt::cli
