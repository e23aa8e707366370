#include "daemon/launch_order.h"

#include <cctype>

#include "base/state_dir.h"

namespace takt::daemon {
namespace {

std::string param_variable(const std::string& name) {
  std::string variable = "TAKT_PARAM_";
  for (const char c : name) {
    variable += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return variable;
}

}  // namespace

ports::Launch launch_order(const core::JobSpec& job, const core::LaunchAttempt& attempt,
                           const std::filesystem::path& state_dir) {
  ports::Launch launch;
  launch.token = attempt.token;
  launch.run = attempt.run;
  launch.attempt = attempt.attempt;
  launch.job = job.name;
  launch.command = job.command;
  launch.log_file = log_file(state_dir, job.name, attempt.run, attempt.attempt);
  launch.kill_grace = job.kill_grace;
  launch.takt_env = {
      {"TAKT_JOB", job.name},
      {"TAKT_RUN_ID", std::to_string(attempt.run.value)},
      {"TAKT_ATTEMPT", std::to_string(attempt.attempt)},
      {"TAKT_TOKEN", std::to_string(attempt.token.value)},
      {"TAKT_SLOT", attempt.slot_at ? format_rfc3339(*attempt.slot_at) : ""},
      {"TAKT_NOW", format_rfc3339(attempt.now)},
      {"TAKT_CAUSE", std::string{word(attempt.cause)}},
      {"TAKT_SOCKET", socket_file(state_dir).native()},
  };
  for (const auto& [name, value] : attempt.params) {
    launch.takt_env.emplace_back(param_variable(name), value);
  }
  return launch;
}

}  // namespace takt::daemon
