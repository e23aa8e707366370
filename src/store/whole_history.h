#pragma once
// WholeHistory: everything that a database holds, out of one snapshot, for whoever judges it. Reads
// beside a daemon or without one, and never changes the file.

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/rows.h"
#include "ports/store.h"

namespace takt::store {

struct WholeHistory {
  std::optional<core::FleetRow> fleet;
  std::vector<core::NodeRow> nodes;            // by start
  std::vector<core::JobRow> jobs;              // by name
  std::vector<core::HeartbeatRow> heartbeats;  // by name
  std::vector<core::RunRow> runs;              // by id
  std::vector<core::AttemptRow> attempts;      // by token
  std::vector<core::SlotsRow> slots;           // ranges without a run, by job and number
  std::vector<core::EventRow> events;          // by id
  /// What SQLite's integrity_check complains about, at most 20 lines; empty: nothing.
  std::vector<std::string> damage;
};

/// A database of an older schema is refused: it has to be opened by a daemon once.
std::expected<WholeHistory, ports::StoreError> read_whole_history(
    const std::filesystem::path& file);

}  // namespace takt::store
