#pragma once
// Loading: everything a coordinator is restored from, out of one snapshot of the database. Private
// to this folder.

#include <expected>
#include <filesystem>

#include "ports/store.h"

namespace takt::store {

/// Reads over a connection of its own. The time it takes grows with the jobs and the open runs, not
/// with the history.
std::expected<core::Stored, ports::StoreError> load_stored(const std::filesystem::path& file);

}  // namespace takt::store
