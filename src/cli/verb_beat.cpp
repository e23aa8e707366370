// takt beat: a job's sign of life, from within the job. The daemon is found by TAKT_SOCKET, the
// attempt is named by TAKT_TOKEN; both are in the environment of every job. A job that runs as
// another user cannot open the socket: its beat goes to the descriptor in TAKT_FD instead, which
// needs nobody's permission.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <string>

#include "api/render.h"
#include "cli/verbs.h"
#include "core/beat.h"
#include "fleet/quote.h"

namespace takt::cli {
namespace {

namespace json = boost::json;

constexpr std::array kOptions{OptionSpec{"--progress", "P", "how far it is: 0 to 100"},
                              OptionSpec{"--note", "N", "what it does, in a few words"}};
constexpr Duration kPatience = std::chrono::seconds{10};  // the job waits as long

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

template <class Number>
std::optional<Number> positive(const std::string& text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 1) return std::nullopt;
  return number;
}

std::expected<core::Beat, Failure> said(const Arguments& arguments) {
  core::Beat beat;
  if (const auto progress = arguments.text("progress")) {
    beat.progress = core::parse_progress(*progress);
    if (!beat.progress) {
      return std::unexpected(usage_error(
          fmt::format("--progress {} is not a number from 0 to 100", fleet::quote_name(*progress)),
          "for example --progress 42"));
    }
  }
  if (const auto note = arguments.text("note")) beat.note = core::clean_note(*note);
  return beat;
}

std::expected<Token, Failure> own_token() {
  const auto token = positive<std::int64_t>(variable("TAKT_TOKEN"));
  if (token) return Token{*token};
  return std::unexpected(Failure{.exit = Exit::refused,
                                 .what = "takt beat is for jobs: TAKT_TOKEN is not set",
                                 .where = "environment",
                                 .hint = "call it from the job itself, with the environment that "
                                         "takt gave it"});
}

/// The same as a line to TAKT_FD. False: there is no such pipe.
bool write_to_descriptor(const core::Beat& beat) {
  const auto fd = positive<int>(variable("TAKT_FD"));
  struct stat facts{};
  if (!fd || ::fstat(*fd, &facts) != 0 || !S_ISFIFO(facts.st_mode)) return false;
  std::string line = "beat";
  if (beat.progress) line += fmt::format(" {}", *beat.progress);
  if (beat.note && !beat.note->empty()) line += " " + *beat.note;
  line += '\n';
  return ::write(*fd, line.data(), line.size()) == static_cast<ssize_t>(line.size());
}

std::expected<json::object, Failure> send(Context& context, Token token, const core::Beat& beat) {
  const auto socket = variable("TAKT_SOCKET");
  if (socket.empty()) {
    return std::unexpected(Failure{.exit = Exit::no_daemon,
                                   .what = "no daemon to beat to: TAKT_SOCKET is not set",
                                   .where = "environment",
                                   .hint = "call it from the job itself, with the environment "
                                           "that takt gave it"});
  }
  if (auto client = context.daemon_at(socket); !client) {
    auto failure = std::move(client.error());
    if (failure.exit == Exit::not_permitted && write_to_descriptor(beat)) {
      return json::object{{"ok", true}};
    }
    failure.hint = failure.exit == Exit::not_permitted
                       ? "write the line \"beat\" to the descriptor in TAKT_FD instead"
                       : "the daemon that started this job is gone";
    return std::unexpected(std::move(failure));
  }
  json::object body{{"token", token.value}};
  if (beat.progress) body["progress"] = *beat.progress;
  if (beat.note) body["note"] = api::utf8(*beat.note);
  return context.post("/beat", body, kPatience);
}

Result run(Context& context, const Arguments& arguments) {
  const auto beat = said(arguments);
  if (!beat) return std::unexpected(beat.error());
  const auto token = own_token();
  if (!token) return std::unexpected(token.error());
  const auto done = send(context, *token, *beat);
  if (!done) return std::unexpected(done.error());
  if (context.console().json) context.console().print_json(*done);
  return Exit::ok;
}

}  // namespace

Verb beat_verb() {
  return {"beat",   Needs::nothing,
          "",       "in a job: a sign of life, with progress and a note",
          kOptions, run};
}

}  // namespace takt::cli
