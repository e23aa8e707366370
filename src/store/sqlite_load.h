#pragma once
// Loading: what a coordinator is restored from, and what it is compared with while it lives, each out of
// one snapshot of the database.

#include <expected>
#include <filesystem>
#include <vector>

#include "ports/store.h"

namespace takt::store {

/// Reads over a connection of its own. The time it takes grows with the jobs and the open runs, not
/// with the history.
std::expected<core::Stored, ports::StoreError> load_stored(const std::filesystem::path& file);

/// What the database says is going on.
struct Living {
  std::vector<core::HeartbeatRow> heartbeats;
  std::vector<core::RunRow> open_runs;          // any state but ended
  std::vector<core::AttemptRow> open_attempts;  // without an outcome, also of ended runs
};

/// Over a connection of its own; any thread. Blocks for as long as the tables take to read.
std::expected<Living, ports::StoreError> read_living(const std::filesystem::path& file);

}  // namespace takt::store
