// takt trigger: makes a run now. With --wait its log goes by, and its result is the exit code.

#include <fmt/format.h>

#include <array>

#include "cli/fields.h"
#include "cli/follow.h"
#include "cli/log_printer.h"
#include "cli/people.h"
#include "cli/verbs.h"
#include "fleet/quote.h"

namespace takt::cli {
namespace {

namespace json = boost::json;

constexpr std::array kOptions{
    OptionSpec{"--wait", "", "show the log, return at the end: 0 when it ended ok, else 1"},
    OptionSpec{"--timeout", "D", "with --wait: return 124 after that long; the run goes on"},
    OptionSpec{"--param", "K=V", "a parameter of the job, literally", true},
    OptionSpec{"--force", "", "past disabled, paused, quarantined, dependencies and memory"}};

std::expected<json::object, Failure> body_of(const Arguments& arguments) {
  json::object params;
  for (const auto& text : arguments.texts("param")) {
    const auto param = as_param(text);
    if (!param) {
      return std::unexpected(usage_error("--param " + fleet::quote_name(text) + " is not K=V",
                                         "for example --param city=Bern"));
    }
    params[param->first] = param->second;
  }
  return json::object{{"params", std::move(params)}, {"force", arguments.has("force")}};
}

std::expected<json::object, Failure> trigger(Context& context, const std::string& job,
                                             const json::object& body) {
  if (const auto client = context.daemon(); !client) return std::unexpected(client.error());
  const auto path = job_path(context, job, "/trigger");
  if (!path) return std::unexpected(path.error());
  auto answer = context.post(*path, body);
  if (!answer && answer.error().exit == Exit::not_found) {
    return std::unexpected(no_such_job(context, job));
  }
  return answer;
}

/// The wait is over before the run is.
Failure goes_on(Exit exit, RunId run, std::string_view why) {
  return {.exit = exit,
          .what = std::string(why),
          .where = fmt::format("run {}", run.value),
          .hint = fmt::format("takt logs {0} -F shows it, takt cancel {0} ends it", run.value)};
}

/// How the run ended, as exit code, and in words.
Result conclude(const json::object& run, Console& console) {
  const auto outcome = text_field(run, "outcome");
  const auto id = number_field(run, "id").value_or(0);
  if (console.json) {
    auto object = run;
    object["run"] = id;
    console.print_json(object);
  }
  if (outcome.empty()) {
    console.talk(fmt::format("run {} did not run: {} {}", id, text_field(run, "disposition"),
                             text_field(run, "reason")));
  } else {
    console.talk(fmt::format("run {}: {}", id, marked(outcome)));
  }
  return outcome == "ok" ? Exit::ok : Exit::failed;
}

Result wait(Context& context, const std::string& job, RunId id, const FollowOptions& options) {
  auto past = Past::open(context);
  if (!past) return std::unexpected(past.error());
  const auto folder = context.state_dir();
  if (!folder) return std::unexpected(folder.error());

  auto& console = context.console();
  LogPrinter printer(console, false, false);
  RunLog log(*folder, job, id, 1, false);
  const auto sink = [&](int attempt, const exec::LogLine& line) {
    if (!console.json) printer.print(attempt, line);
  };
  const auto followed = follow_run(*past, id, log, sink, [&] { return printer.flush(); }, options);
  if (!followed) return std::unexpected(followed.error());
  switch (followed->end) {
    case Followed::End::ended:
      return conclude(followed->run, console);
    case Followed::End::timed_out:
      return std::unexpected(goes_on(
          Exit::timeout, id, fmt::format("run {} goes on: it has not ended in time", id.value)));
    case Followed::End::interrupted:
      return std::unexpected(
          goes_on(Exit::interrupted, id, fmt::format("interrupted; run {} goes on", id.value)));
    case Followed::End::no_daemon:
      return std::unexpected(
          goes_on(Exit::no_daemon, id,
                  fmt::format("the daemon stopped; run {} goes on with the next one", id.value)));
    case Followed::End::unheard:
      break;
  }
  return Exit::ok;
}

Result run(Context& context, const Arguments& arguments) {
  const auto began = std::chrono::steady_clock::now();
  const auto body = body_of(arguments);
  if (!body) return std::unexpected(body.error());
  const auto timeout = arguments.duration("timeout");
  if (!timeout) return std::unexpected(timeout.error());
  if (*timeout && !arguments.has("wait")) {
    return std::unexpected(usage_error("--timeout needs --wait", "add --wait"));
  }
  const auto& job = arguments.positional();
  const auto made = trigger(context, job, *body);
  if (!made) return std::unexpected(made.error());

  auto& console = context.console();
  const RunId id{number_field(*made, "run").value_or(0)};
  if (arguments.has("wait")) {
    console.talk(fmt::format("run {} of {} is {}", id.value, job, text_field(*made, "state")));
    FollowOptions options;
    if (*timeout) options.deadline = began + **timeout;
    return wait(context, job, id, options);
  }
  if (console.json) {
    console.print_json(*made);
  } else {
    console.out << "run " << id.value << " is " << text_field(*made, "state") << '\n';
  }
  return Exit::ok;
}

}  // namespace

Verb trigger_verb() { return {"trigger", Needs::daemon, "JOB", "make a run now", kOptions, run}; }

}  // namespace takt::cli
