#pragma once
// SQL on a PostgreSQL server, by libpq's calls that do not block: every wait has the time left as its
// limit and hears who gives up.
//
// A question is one statement in a transaction that only reads; a remedy is one transaction of as many
// as there are. The server gets the time left as its own limit (statement_timeout), so that a statement
// of ours that nobody waits for any more ends there too. It is not asked to cancel one (PQcancel): that
// is a connection of its own, which blocks for as long as the server is silent, and this is the case in
// which we would need it; we hang up instead.
// Private to this folder. Blocks.

#include "probe/sql_database.h"

namespace takt::probe::postgres {

/// As probe::first_value. NULL, and no row: absent. Numbers are numbers, times are texts as RFC 3339
/// has them, all others are texts as the server has them.
core::Measurement first_value(const std::string& query, const SqlPlace& place,
                              const Limits& limits);

/// As probe::change.
std::expected<std::int64_t, std::string> change(const std::string& statements,
                                                const SqlPlace& place, const Limits& limits);

}  // namespace takt::probe::postgres
