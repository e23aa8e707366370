#include "base/state_dir.h"

#include <fmt/format.h>

namespace takt {

std::filesystem::path database_file(const std::filesystem::path& state_dir) {
  return state_dir / "takt.db";
}

std::filesystem::path journal_file(const std::filesystem::path& state_dir) {
  return state_dir / "journal";
}

std::filesystem::path socket_file(const std::filesystem::path& state_dir) {
  return state_dir / "takt.sock";
}

std::filesystem::path lock_file(const std::filesystem::path& state_dir) {
  return state_dir / "takt.lock";
}

std::filesystem::path log_folder(const std::filesystem::path& state_dir, std::string_view job) {
  return state_dir / "logs" / job;
}

std::filesystem::path log_file(const std::filesystem::path& state_dir, std::string_view job,
                               RunId run, int attempt) {
  return log_folder(state_dir, job) / fmt::format("{}-{}.log", run.value, attempt);
}

std::filesystem::path own_log_file(const std::filesystem::path& state_dir, std::string_view folder,
                                   WallTime started_at, std::int64_t number) {
  return log_folder(state_dir, folder) /
         fmt::format("{}-{}.log", started_at.time_since_epoch().count(), number);
}

std::filesystem::path cleanup_log_file(const std::filesystem::path& state_dir,
                                       WallTime started_at) {
  return own_log_file(state_dir, "_cleanup", started_at, 1);
}

}  // namespace takt
