#include "probe/postgres.h"

#include <algorithm>

#include "probe/postgres_connection.h"
#include "probe/postgres_value.h"
#include "probe/sql_text.h"

namespace takt::probe::postgres {
namespace {

using core::Absent;
using core::Measurement;
using core::Unknown;

/// Settings end with the transaction: between us and the server may be a pool of connections.
std::string beginning(const char* access, const Limits& limits) {
  const auto left = std::max<std::int64_t>(limits.left().count(), 1);  // 0 would be no limit
  return std::string("BEGIN READ ") + access +
         "; SET LOCAL statement_timeout = " + std::to_string(left) +
         "; SET LOCAL datestyle = 'ISO'";
}

std::optional<std::int64_t> now_for(const SqlStatement& statement, const SqlPlace& place) {
  if (!statement.uses_now) return std::nullopt;
  return place.now_seconds();
}

Measurement first_column(const PGresult* row) {
  if (PQnfields(row) == 0 || PQgetisnull(row, 0, 0) != 0) return Absent{};
  const auto bytes = static_cast<std::size_t>(PQgetlength(row, 0, 0));
  return value_of(PQftype(row, 0), {PQgetvalue(row, 0, 0), bytes});
}

}  // namespace

Measurement first_value(const std::string& query, const SqlPlace& place, const Limits& limits) {
  const auto statements = statements_of(query);
  if (statements.empty()) return Unknown{"there is no statement"};
  if (statements.size() > 1) return Unknown{"more than one statement"};
  auto connection = PostgresConnection::open(place.database, limits);
  if (!connection) return Unknown{connection.error()};
  if (auto begun = (*connection)->control(beginning("ONLY", limits)); !begun) {
    return Unknown{begun.error()};
  }
  Measurement found = Absent{};
  const auto done =
      (*connection)
          ->run(statements[0].text, now_for(statements[0], place), [&](const PGresult* row) {
            found = first_column(row);
            return false;
          });
  if (!done) return Unknown{done.error()};
  if (!done->is_query) return Unknown{"the statement gives no rows"};
  return found;
}

std::expected<std::int64_t, std::string> change(const std::string& statements,
                                                const SqlPlace& place, const Limits& limits) {
  const auto all = statements_of(statements);
  if (all.empty()) return std::unexpected("there is no statement");
  auto opened = PostgresConnection::open(place.database, limits);
  if (!opened) return std::unexpected(opened.error());
  PostgresConnection& connection = **opened;
  if (auto begun = connection.control(beginning("WRITE", limits)); !begun) {
    return std::unexpected(begun.error());
  }
  std::int64_t rows = 0;
  for (const SqlStatement& statement : all) {  // hanging up rolls back
    const auto done = connection.run(statement.text, now_for(statement, place),
                                     [](const PGresult*) { return true; });
    if (!done) return std::unexpected(done.error());
    if (!connection.in_transaction()) {
      return std::unexpected("a statement ended the transaction: " + statement.text);
    }
    rows += done->changed;
  }
  if (auto kept = connection.control("COMMIT"); !kept) {
    const bool heard = !limits.over();
    return std::unexpected(heard ? kept.error()
                                 : kept.error() + " to COMMIT: it may have been done or not");
  }
  return rows;
}

}  // namespace takt::probe::postgres
