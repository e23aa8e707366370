#pragma once
// SQL, whatever the database: a path is a SQLite file (sqlite.h), a postgres:// URL a server
// (postgres.h). `:now` in a statement is fleet time in whole unix seconds.
// Private to this folder. Blocks.

#include <cstdint>
#include <expected>
#include <string>

#include "base/time.h"
#include "core/health.h"
#include "probe/limits.h"

namespace takt::probe {

struct SqlPlace {
  const std::string& database;
  WallTime now;  // fleet time

  std::int64_t now_seconds() const {
    return std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  }
};

/// First column of the first row of one statement that only reads.
core::Measurement first_value(const std::string& query, const SqlPlace& place,
                              const Limits& limits);

/// Carries out one or several statements in one transaction: how many rows were changed, or what went
/// wrong, and then nothing was.
std::expected<std::int64_t, std::string> change(const std::string& statements,
                                                const SqlPlace& place, const Limits& limits);

/// "1 row changed".
std::string words_of_rows(std::int64_t rows);

}  // namespace takt::probe
