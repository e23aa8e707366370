#include "probe/sqlite.h"

#include "probe/sqlite_file.h"

namespace takt::probe::sqlite {
namespace {

using core::Measurement;
using core::Unknown;

Measurement value_of(const Prepared& row) {
  sqlite3_stmt* statement = row.get();
  switch (sqlite3_column_type(statement, 0)) {
    case SQLITE_INTEGER:
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, 0);
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
      return std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, 0)));
    }
    case SQLITE_BLOB:
      return Unknown{"a blob is not a value"};
    default:
      return core::Absent{};
  }
}

/// The only statement of `query`, with its parameters.
std::expected<Prepared, std::string> only_statement(SqliteFile& file, std::string_view query,
                                                    const SqlPlace& place) {
  auto statement = file.next(query);
  if (!statement) return statement;
  if (!*statement) return std::unexpected("there is no statement");
  if (auto more = file.next(query); !more || *more)
    return std::unexpected("more than one statement");
  if (auto bound = bind_now(*statement, place.now_seconds()); !bound) {
    return std::unexpected(bound.error());
  }
  if (sqlite3_column_count(statement->get()) == 0) {
    return std::unexpected("the statement gives no rows");
  }
  return statement;
}

/// How many rows it changed. Triggers' are not counted: nobody asked for them.
std::expected<std::int64_t, std::string> run(SqliteFile& file, const Prepared& statement) {
  const auto before = sqlite3_total_changes64(file.get());
  while (true) {
    const auto stepped = file.step(statement);
    if (!stepped) return std::unexpected(stepped.error());
    if (*stepped == SQLITE_DONE) break;
  }
  // changes() is the last change's; a statement that changes nothing leaves it as it was.
  return sqlite3_total_changes64(file.get()) == before ? 0 : sqlite3_changes64(file.get());
}

std::expected<std::int64_t, std::string> run_all(SqliteFile& file, std::string_view statements,
                                                 const SqlPlace& place) {
  std::int64_t rows = 0;
  for (bool any = false;; any = true) {
    auto statement = file.next(statements);
    if (!statement) return std::unexpected(statement.error());
    if (!*statement && !any) return std::unexpected("there is no statement");
    if (!*statement) return rows;
    if (auto bound = bind_now(*statement, place.now_seconds()); !bound) {
      return std::unexpected(bound.error());
    }
    const auto changed = run(file, *statement);
    if (!changed) return changed;
    rows += *changed;
  }
}

}  // namespace

Measurement first_value(const std::string& query, const SqlPlace& place, const Limits& limits) {
  auto file = SqliteFile::open(place.database, false, limits);
  if (!file) return Unknown{file.error()};
  auto statement = only_statement(**file, query, place);
  if (!statement) return Unknown{statement.error()};
  const auto stepped = (*file)->step(*statement);
  if (!stepped) return Unknown{stepped.error()};
  if (*stepped == SQLITE_DONE) return core::Absent{};
  return value_of(*statement);
}

std::expected<std::int64_t, std::string> change(const std::string& statements,
                                                const SqlPlace& place, const Limits& limits) {
  auto file = SqliteFile::open(place.database, true, limits);
  if (!file) return std::unexpected(file.error());
  if (auto begun = (*file)->control("BEGIN IMMEDIATE"); !begun) {
    return std::unexpected(begun.error());
  }
  auto rows = run_all(**file, statements, place);
  if (!rows) return rows;  // closing the file rolls back
  if (auto kept = (*file)->control("COMMIT"); !kept) return std::unexpected(kept.error());
  return rows;
}

}  // namespace takt::probe::sqlite
