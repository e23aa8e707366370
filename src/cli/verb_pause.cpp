// takt pause, takt resume: of one job, or of all.

#include <array>

#include "cli/people.h"
#include "cli/terminal_text.h"
#include "cli/verbs.h"

namespace takt::cli {
namespace {

namespace json = boost::json;

constexpr std::array kPauseOptions{
    OptionSpec{"--all", "", "every job"},
    OptionSpec{"--for", "D", "ends by itself after that long (fleet time)"},
    OptionSpec{"--reason", "R", "shown by takt why and takt ls"}};

constexpr std::array kResumeOptions{OptionSpec{"--all", "", "every job"}};

/// Posts `verb` to the job that was named, or to the fleet with --all.
std::expected<json::object, Failure> post(Context& context, const Arguments& arguments,
                                          std::string_view verb,
                                          const std::optional<json::object>& body) {
  const auto& job = arguments.positional();
  const auto rest = "/" + std::string(verb);
  if (arguments.has("all") == !job.empty()) {
    return std::unexpected(usage_error("takt " + std::string(verb) + " needs a job or --all",
                                       job.empty() ? "name a job" : "leave one of them out"));
  }
  if (job.empty()) return context.post(rest, body);
  if (const auto client = context.daemon(); !client) return std::unexpected(client.error());
  const auto path = job_path(context, job, rest);
  if (!path) return std::unexpected(path.error());
  auto done = context.post(*path, body);
  if (!done && done.error().exit == Exit::not_found) {
    return std::unexpected(no_such_job(context, job));
  }
  return done;
}

Result tell(Context& context, const json::object& done, const std::string& sentence) {
  auto& console = context.console();
  if (console.json) {
    console.print_json(done);
  } else {
    console.out << inert(sentence) << '\n';
  }
  return Exit::ok;
}

std::string subject(const Arguments& arguments) {
  return arguments.has("all") ? std::string("every job") : arguments.positional();
}

Result pause(Context& context, const Arguments& arguments) {
  const auto lasting = arguments.duration("for");
  if (!lasting) return std::unexpected(lasting.error());
  json::object body;
  if (*lasting) body["for_ms"] = (*lasting)->count();
  if (const auto reason = arguments.text("reason")) body["reason"] = *reason;

  const auto done = post(context, arguments, "pause", body);
  if (!done) return std::unexpected(done.error());
  auto sentence = subject(arguments) + " is paused";
  if (*lasting) sentence += " for " + friendly(**lasting);
  return tell(context, *done, sentence);
}

Result resume(Context& context, const Arguments& arguments) {
  const auto done = post(context, arguments, "resume", std::nullopt);
  if (!done) return std::unexpected(done.error());
  return tell(context, *done, subject(arguments) + " is resumed");
}

}  // namespace

Verb pause_verb() {
  return {"pause",       Needs::daemon, "[JOB]", "skip the slots of a job, or of all",
          kPauseOptions, pause};
}

Verb resume_verb() {
  return {"resume", Needs::daemon, "[JOB]", "end a pause or a quarantine", kResumeOptions, resume};
}

}  // namespace takt::cli
