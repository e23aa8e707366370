#pragma once
// Store errors: what went wrong with a database file, in words an operator can act on. Private to
// this folder.

#include <filesystem>
#include <string>

#include "ports/store.h"
#include "store/sql.h"

namespace takt::store {

/// What a failed statement means for the store kept in `file`. A constraint that a row broke is a
/// bug of takt, not a fault of the disk, and is asserted.
ports::StoreError error_from(const sql::Failure& failure, const std::filesystem::path& file);

/// The file is no database of takt's, or broken: `what` says how, without the path.
ports::StoreError corrupt(const std::filesystem::path& file, const std::string& what);

/// The database is of a takt that knows more than this one, which knows versions up to `known`.
ports::StoreError too_new(const std::filesystem::path& file, int version, int known);

/// The system refused something: "PATH: what: strerror(os_error)".
ports::StoreError system_error(const std::filesystem::path& file, const std::string& what,
                               int os_error, std::string hint);

}  // namespace takt::store
