#pragma once
// Where things lie below a fleet's state_dir (0700). The daemon makes them, the command line finds them.
//
//   takt.db                        history (SQLite; -wal and -shm beside it)
//   journal                        what the database could not take yet; 1 MiB
//   takt.sock                      control socket, 0600; there only while a daemon runs
//   takt.lock                      held by the one daemon of this folder; keeps its pid
//   logs/<job>/<run>-<attempt>.log what an attempt wrote
//   logs/_cleanup/<time>-1.log     what the fleet's cleanup command wrote; no job's name begins with "_"
//   logs/_probe, _remedy, _notify  likewise, of commands of probes, remedies and contacts

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "base/ids.h"
#include "base/time.h"

namespace takt {

std::filesystem::path database_file(const std::filesystem::path& state_dir);
std::filesystem::path journal_file(const std::filesystem::path& state_dir);
std::filesystem::path socket_file(const std::filesystem::path& state_dir);
std::filesystem::path lock_file(const std::filesystem::path& state_dir);
std::filesystem::path log_folder(const std::filesystem::path& state_dir, std::string_view job);
std::filesystem::path log_file(const std::filesystem::path& state_dir, std::string_view job,
                               RunId run, int attempt);
/// `folder` begins with "_"; `number` tells apart what begins at once.
std::filesystem::path own_log_file(const std::filesystem::path& state_dir, std::string_view folder,
                                   WallTime started_at, std::int64_t number);
std::filesystem::path cleanup_log_file(const std::filesystem::path& state_dir, WallTime started_at);

}  // namespace takt
