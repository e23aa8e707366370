#pragma once
// WholeHistory: everything that a store holds, for whoever judges it: one snapshot of the database, and
// what the journal beside it keeps for it. Reads beside a daemon or without one, and never changes
// either file.

#include <expected>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/rows.h"
#include "ports/store.h"

namespace takt::store {

/// From where on the history of a job is whole; older runs and slots have been deleted in part.
struct KeptFrom {
  RunId run;
  SlotNumber slot = 0;
};

struct WholeHistory {
  std::optional<core::FleetRow> fleet;
  std::vector<core::NodeRow> nodes;            // by start
  std::vector<core::JobRow> jobs;              // by name
  std::vector<core::HeartbeatRow> heartbeats;  // by name
  std::vector<core::RunRow> runs;              // by id
  std::vector<core::AttemptRow> attempts;      // by token
  std::vector<core::SlotsRow> slots;           // ranges without a run, by job and number
  std::vector<core::EventRow> events;          // by id
  std::vector<core::ProbeRow> probes;          // by check and name
  std::vector<core::NoticeRow> notices;        // by id
  std::map<std::string, KeptFrom> kept_from;   // of jobs of which something was deleted
  std::int64_t journaled = 0;                  // batches of the above that only the journal has
  /// What SQLite's integrity_check complains about, at most 20 lines; empty: nothing.
  std::vector<std::string> damage;
};

/// A database of an older schema is refused: it has to be opened by a daemon once.
std::expected<WholeHistory, ports::StoreError> read_whole_history(
    const std::filesystem::path& file);

}  // namespace takt::store
