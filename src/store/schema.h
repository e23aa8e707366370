#pragma once
// Schema: the tables of a takt database, and how an older one becomes the newest. Private to this
// folder; docs/design/0004-store.md describes the tables for people.
//
// `schema_version` has one row a version, the highest counts. A migration leads from the version
// before it to its own; all that are due run in one transaction, so that a database is never
// between two versions. Words (causes, outcomes, kinds ...) carry no CHECK: a new word is not a
// migration.

#include <span>

#include "store/sql.h"

namespace takt::store {

struct Migration {
  int to_version;   // one more than that of its predecessor; the first makes version 1 from nothing
  const char* sql;  // statements, outside any transaction of their own
};

/// Every migration up to the schema of this build.
std::span<const Migration> migrations();

/// Brings the database behind `connection` to the version of the last of `steps`; an up to date one
/// is not written to. False: it failed, nothing changed, and the failure sticks to the connection.
bool migrate(sql::Connection& connection, std::span<const Migration> steps);

/// The version of a database: 0 when it has no schema_version; nullopt when it cannot be read, and
/// the failure sticks to the connection.
std::optional<int> schema_version(sql::Connection& connection);

}  // namespace takt::store
