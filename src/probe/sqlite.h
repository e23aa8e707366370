#pragma once
// SQL on a SQLite file of somebody else's. Opened for each question and closed after it: nothing of
// ours stays in the way of those who write it.
//
// A question opens the file read-only; only a remedy may write. Neither makes a file, reaches another
// one (ATTACH), loads code, or ends the transaction that it runs in: the authorizer refuses that while a
// statement is prepared. A lock of somebody else's is waited for, within the limits.
// Private to this folder. Blocks.

#include "probe/sql_database.h"

namespace takt::probe::sqlite {

/// As probe::first_value. NULL, and no row: absent. A blob is unknown.
core::Measurement first_value(const std::string& query, const SqlPlace& place,
                              const Limits& limits);

/// As probe::change.
std::expected<std::int64_t, std::string> change(const std::string& statements,
                                                const SqlPlace& place, const Limits& limits);

}  // namespace takt::probe::sqlite
