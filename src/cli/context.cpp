#include "cli/context.h"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "api/target.h"
#include "base/state_dir.h"
#include "cli/fields.h"
#include "fleet/load.h"
#include "fleet/names.h"
#include "fleet/quote.h"
#include "fleet/suggest.h"

namespace takt::cli {
namespace {

namespace json = boost::json;

constexpr Duration kPatience = std::chrono::seconds{60};

Failure bad_file(const std::filesystem::path& file, const std::vector<fleet::Problem>& problems) {
  Failure failure{.exit = Exit::bad_file, .where = file.native()};
  int errors = 0;
  for (const auto& problem : problems) {
    if (problem.severity != fleet::Problem::Severity::error) continue;
    ++errors;
    failure.details += fleet::render(problem);
  }
  failure.what =
      fmt::format("the fleet file is invalid: {} error{}", errors, errors == 1 ? "" : "s");
  failure.hint = "takt check tells more; another file is named with -f FILE or $TAKT_FLEET";
  return failure;
}

Exit exit_of(unsigned status) {
  switch (status) {
    case 400:
    case 415:
      return Exit::usage;
    case 422:
      return Exit::bad_file;
    case 401:
    case 403:
      return Exit::not_permitted;
    case 404:
      return Exit::not_found;
    case 409:
      return Exit::refused;
    case 503:
      return Exit::no_daemon;
    default:
      return Exit::failed;
  }
}

bool has_socket(const std::filesystem::path& folder) {
  std::error_code ignored;  // what cannot be looked at is not there
  return std::filesystem::is_socket(socket_file(folder), ignored);
}

/// Where a daemon listens although its fleet file is invalid now: in the state_dir that the file still
/// names, else in the only one of the folder beside it that has a socket.
std::optional<std::filesystem::path> running_state_dir(const std::filesystem::path& file,
                                                       const std::string& named) {
  if (!named.empty())
    return has_socket(named) ? std::optional<std::filesystem::path>(named) : std::nullopt;
  std::error_code error;
  std::optional<std::filesystem::path> found;
  const auto beside = std::filesystem::absolute(file, error).parent_path() / "state";
  for (const auto& entry : std::filesystem::directory_iterator(beside, error)) {
    if (!has_socket(entry.path())) continue;
    if (found) return std::nullopt;
    found = entry.path();
  }
  return found;
}

}  // namespace

std::filesystem::path choose_fleet_file(const std::optional<std::filesystem::path>& named) {
  if (named) return *named;
  std::error_code ignored;  // what cannot be looked at is not there
  if (std::filesystem::exists("fleet.toml", ignored)) return "fleet.toml";
  const char* variable = std::getenv("TAKT_FLEET");
  if (variable != nullptr && *variable != '\0') return variable;
  return "fleet.toml";
}

std::expected<const core::FleetSpec*, Failure> Context::spec() {
  if (!spec_) {
    auto loaded = fleet::load(file_, {.trust_file = common_.trust_file});
    if (!loaded.spec) {
      state_dir_of_bad_file_ = loaded.state_dir;
      return std::unexpected(bad_file(file_, loaded.problems));
    }
    spec_ = std::move(loaded.spec);
  }
  return &*spec_;
}

std::expected<std::filesystem::path, Failure> Context::state_dir() {
  const auto loaded = spec();
  if (loaded) return std::filesystem::path((*loaded)->state_dir);
  // A running daemon has loaded its file long ago: a bad edit must not lock anybody out of it.
  const auto running = running_state_dir(file_, state_dir_of_bad_file_);
  if (!running) return std::unexpected(loaded.error());
  return *running;
}

std::expected<Client*, Failure> Context::daemon() {
  if (client_) return &*client_;
  const auto folder = state_dir();
  if (!folder) return std::unexpected(folder.error());
  return daemon_at(socket_file(*folder));
}

Failure Context::no_daemon_at(const std::filesystem::path& socket) const {
  const auto folder = socket.parent_path();
  Failure failure{.exit = Exit::no_daemon,
                  .what = fmt::format("no daemon runs on {}", folder.native()),
                  .where = socket.native(),
                  .hint = fmt::format("start it with takt up -f {}", file_.native())};
  const auto other = running_state_dir(file_, {});
  if (other && *other != folder) {
    failure.hint = fmt::format(
        "one runs on {}: if the fleet has another name or state_dir now, end that daemon under the "
        "old one and start it anew",
        other->native());
  }
  return failure;
}

std::expected<Client*, Failure> Context::daemon_at(const std::filesystem::path& socket) {
  auto client = Client::connect(socket);
  if (!client) {
    const bool denied = client.error().kind == ConnectError::Kind::denied;
    if (!denied) return std::unexpected(no_daemon_at(socket));
    return std::unexpected(
        Failure{.exit = Exit::not_permitted,
                .what = "the daemon's socket is not yours: " + client.error().what,
                .where = socket.native(),
                .hint = "ask as the user that runs the daemon"});
  }
  client_.emplace(std::move(*client));
  return &*client_;
}

std::expected<json::object, Failure> Context::get(std::string_view path) {
  const auto client = daemon();
  if (!client) return std::unexpected(client.error());
  auto answer = (*client)->get(fmt::format("/api/v1{}", path), kPatience);
  if (!answer) {
    client_.reset();
    return std::unexpected(
        Failure{.exit = Exit::no_daemon,
                .what = "the daemon went away: " + answer.error(),
                .where = "socket",
                .hint = fmt::format("start it with takt up -f {}", file_.native())});
  }
  if (answer->status != 200) return std::unexpected(failure_of(*answer));
  return std::move(answer->body);
}

std::expected<HttpAnswer, Failure> Context::ask(std::string_view path,
                                                const std::optional<json::object>& body,
                                                Duration patience) {
  const auto client = daemon();
  if (!client) return std::unexpected(client.error());
  auto answer = (*client)->post(fmt::format("/api/v1{}", path), body, patience);
  if (answer) return std::move(*answer);
  client_.reset();
  return std::unexpected(Failure{.exit = Exit::no_daemon,
                                 .what = "the daemon went away: " + answer.error(),
                                 .where = "socket",
                                 .hint = "whether it was done is told by takt runs"});
}

std::expected<json::object, Failure> Context::post(std::string_view path,
                                                   const std::optional<json::object>& body,
                                                   Duration patience) {
  auto answer = ask(path, body, patience);
  if (!answer) return std::unexpected(std::move(answer.error()));
  if (answer->status != 200) return std::unexpected(failure_of(*answer));
  return std::move(answer->body);
}

Failure failure_of(const HttpAnswer& answer) {
  Failure failure{.exit = exit_of(answer.status)};
  const auto* error = object_field(answer.body, "error");
  if (error == nullptr) {
    failure.what = fmt::format("the daemon answered {}", answer.status);
    failure.hint = "is it another version of takt?";
    return failure;
  }
  failure.what = text_field(*error, "what");
  failure.where = text_field(*error, "where");
  failure.hint = text_field(*error, "hint");
  for (const auto& gate : array_field(*error, "gates")) {
    if (gate.is_object()) failure.gates.push_back(gate);
  }
  return failure;
}

Failure no_such_job(Context& context, std::string_view job) {
  Failure failure{.exit = Exit::not_found,
                  .what = "no job " + fleet::quote_name(job),
                  .where = context.fleet_file().native(),
                  .hint = "see takt ls"};
  const auto spec = context.spec();
  if (!spec) return failure;
  std::vector<std::string_view> names;
  for (const auto& known : (*spec)->jobs) {
    names.push_back(known.name);
    if (known.name == job) {
      failure.hint = "the file has it, the running daemon does not: takt reload";
      return failure;
    }
  }
  if (const auto near = fleet::nearest(job, names)) failure.hint = "did you mean '" + *near + "'?";
  return failure;
}

std::expected<std::string, Failure> job_path(Context& context, std::string_view job,
                                             std::string_view rest) {
  if (!fleet::valid_name(job)) return std::unexpected(no_such_job(context, job));
  return fmt::format("/jobs/{}{}", api::percent_encode(job), rest);
}

}  // namespace takt::cli
