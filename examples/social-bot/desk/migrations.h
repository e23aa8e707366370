#pragma once
// How a database file gets its tables: a list of scripts, of which the file remembers how many it
// has had (PRAGMA user_version). Safe when many processes come first at once: one of them, holding
// `<file>-lock`, switches the file to WAL and runs the scripts in one transaction; the others wait
// for it and then find nothing to do.

#include <span>
#include <string>

#include "desk/database.h"

namespace bot {

/// Opens `path` and brings it up to date. Throws Failed for a file that a newer program has
/// migrated further than `scripts` goes.
Database open_migrated(const std::string& path, std::span<const char* const> scripts);

}  // namespace bot
