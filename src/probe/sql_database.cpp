#include "probe/sql_database.h"

#include <exception>

#include "probe/postgres.h"
#include "probe/sqlite.h"

namespace takt::probe {
namespace {

bool is_postgres(const std::string& database) {
  return database.starts_with("postgres://") || database.starts_with("postgresql://");
}

}  // namespace

core::Measurement first_value(const std::string& query, const SqlPlace& place,
                              const Limits& limits) {
  if (place.database.empty()) return core::Unknown{"the check names no database"};
  return is_postgres(place.database) ? postgres::first_value(query, place, limits)
                                     : sqlite::first_value(query, place, limits);
}

std::expected<std::int64_t, std::string> change(const std::string& statements,
                                                const SqlPlace& place, const Limits& limits) {
  if (place.database.empty()) return std::unexpected("the check names no database");
  try {
    return is_postgres(place.database) ? postgres::change(statements, place, limits)
                                       : sqlite::change(statements, place, limits);
  } catch (const std::exception& error) {
    return std::unexpected(std::string(error.what()));
  }
}

std::string words_of_rows(std::int64_t rows) {
  return std::to_string(rows) + (rows == 1 ? " row changed" : " rows changed");
}

}  // namespace takt::probe
