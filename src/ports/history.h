#pragma once
// Port History: reading what happened. Independent of Store (a connection of its own), so that a long
// query never stands in the way of a write; also used by the CLI when no daemon runs. Blocking.
// Newest first, as CLI.md orders lists; attempts within a run are oldest first.

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "core/rows.h"
#include "ports/store.h"

namespace takt::ports {

/// Which part of a list: everything since `since`, else everything with `all`, else the last `limit`.
struct Window {
  std::optional<WallTime> since;
  bool all = false;
  int limit = 50;
};

struct RunQuery {
  std::string job;  // empty: all jobs
  std::optional<RunId> run;
  std::optional<core::RunState> state;
  Window window;  // by queued_at
};

struct RunWithAttempts {
  core::RunRow run;
  std::vector<core::AttemptRow> attempts;
};

struct SlotQuery {
  std::string job;  // empty: all jobs
  Window window;    // by the instant of the (last) slot
};

struct EventQuery {
  std::optional<EventId> after;  // only later ones
  Window window;
};

class History {
 public:
  virtual ~History() = default;
  virtual std::expected<std::vector<RunWithAttempts>, StoreError> runs(const RunQuery& query) = 0;
  /// The ledger: slots that became a run (disposition of that run, first == last, run set) and ranges
  /// that did not. Decided ones only.
  virtual std::expected<std::vector<core::SlotsRow>, StoreError> slots(const SlotQuery& query) = 0;
  virtual std::expected<std::vector<core::EventRow>, StoreError> events(
      const EventQuery& query) = 0;
  virtual std::expected<std::vector<core::HeartbeatRow>, StoreError> heartbeats() = 0;
  virtual std::expected<std::vector<core::JobRow>, StoreError> jobs() = 0;
  virtual std::expected<std::optional<core::FleetRow>, StoreError> fleet() = 0;
};

}  // namespace takt::ports
