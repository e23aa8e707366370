#pragma once
// Context: what a verb works with: the console, the fleet file, the daemon. File and daemon are looked
// for when a verb first asks, and their absence is a Failure with the right exit code.

#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "cli/client.h"
#include "cli/console.h"
#include "cli/failure.h"
#include "core/spec.h"

namespace takt::cli {

/// The options that every verb takes.
struct Common {
  std::optional<std::filesystem::path> file;
  bool json = false;
  bool trust_file = false;
  ColorMode color = ColorMode::automatic;
};

/// The fleet file: the one that was named, else ./fleet.toml when it is there, else $TAKT_FLEET, else
/// ./fleet.toml (which is then missing).
std::filesystem::path choose_fleet_file(const std::optional<std::filesystem::path>& named);

class Context {
 public:
  Context(Common common, Console& console)
      : console_(console), common_(std::move(common)), file_(choose_fleet_file(common_.file)) {}

  Console& console() { return console_; }
  const Common& common() const { return common_; }
  const std::filesystem::path& fleet_file() const { return file_; }

  /// The fleet, valid; loaded once. Exit 3 with all problems otherwise.
  std::expected<const core::FleetSpec*, Failure> spec();
  /// Of a file that is invalid too, as long as a daemon listens there.
  std::expected<std::filesystem::path, Failure> state_dir();

  /// A connection to the fleet's daemon, made once. Exit 5 when none runs.
  std::expected<Client*, Failure> daemon();
  /// The same for a socket that is known without a fleet file.
  std::expected<Client*, Failure> daemon_at(const std::filesystem::path& socket);
  /// Gives up a connection that broke; the next daemon() tries anew.
  void forget_daemon() { client_.reset(); }

  /// One request over HTTP; the path is below /api/v1. Any answer is one; none is a Failure.
  std::expected<HttpAnswer, Failure> ask(std::string_view path,
                                         const std::optional<boost::json::object>& body,
                                         Duration patience);
  /// The same, where anything but success is a Failure.
  std::expected<boost::json::object, Failure> get(std::string_view path);
  std::expected<boost::json::object, Failure> post(
      std::string_view path, const std::optional<boost::json::object>& body = std::nullopt,
      Duration patience = std::chrono::seconds{60});

 private:
  /// Nobody listens there; whether somebody does beside it.
  Failure no_daemon_at(const std::filesystem::path& socket) const;

  Console& console_;
  Common common_;
  std::filesystem::path file_;
  std::optional<core::FleetSpec> spec_;
  std::string state_dir_of_bad_file_;
  std::optional<Client> client_;
};

/// The daemon's error as ours.
Failure failure_of(const HttpAnswer& answer);

/// Exit 4, with the nearest of the fleet's jobs.
Failure no_such_job(Context& context, std::string_view job);

/// The path of a job below /api/v1, or exit 4 when the name cannot be a job's.
std::expected<std::string, Failure> job_path(Context& context, std::string_view job,
                                             std::string_view rest);

}  // namespace takt::cli
