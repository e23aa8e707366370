#pragma once
// Chores: what builtin jobs ask of the store that only the composition root knows by its full name. All of
// them may be called on the loop's thread and return at once, but read_living, which blocks.

#include <expected>
#include <functional>
#include <string>
#include <vector>

#include "core/rows.h"
#include "core/spec.h"

namespace takt::daemon {

/// What the database says is going on; see core::RowsSwept.
struct LivingRows {
  std::vector<core::HeartbeatRow> heartbeats;
  std::vector<core::RunRow> open_runs;
  std::vector<core::AttemptRow> open_attempts;
};

struct Chores {
  /// Any thread. The error is fit for an operator.
  std::function<std::expected<LivingRows, std::string>()> read_living;
  /// While rows cannot be written: tries again at once.
  std::function<void()> retry_store;
  /// Deletes history that the fleet does not keep. `done` is told on another thread, what was deleted
  /// in words, or that it failed.
  using Swept = std::function<void(std::expected<std::string, std::string>)>;
  std::function<void(const core::FleetSpec&, Swept)> sweep_history;
};

}  // namespace takt::daemon
