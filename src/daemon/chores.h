#pragma once
// Chores: what builtin jobs ask of the store that only the composition root knows by its full name. All of
// them may be called on the loop's thread and return at once, but read_living, which blocks.

#include <expected>
#include <functional>
#include <string>

#include "core/spec.h"
#include "store/sqlite_load.h"

namespace takt::daemon {

struct Chores {
  /// Any thread.
  std::function<std::expected<store::Living, ports::StoreError>()> read_living;
  /// While rows cannot be written: tries again at once.
  std::function<void()> retry_store;
  /// Deletes history that the fleet does not keep. `done` is told on another thread, what was deleted
  /// in words, or that it failed.
  using Swept = std::function<void(std::expected<std::string, std::string>)>;
  std::function<void(const core::FleetSpec&, Swept)> sweep_history;
};

}  // namespace takt::daemon
