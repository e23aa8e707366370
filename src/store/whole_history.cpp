#include "store/whole_history.h"

#include <fmt/format.h>

#include "store/database.h"
#include "store/row_sql.h"
#include "store/schema.h"
#include "store/store_error.h"

namespace takt::store {
namespace {

using ports::StoreError;

constexpr std::chrono::milliseconds kBusy{5000};

template <class Row>
std::vector<Row> select(sql::Connection& database, const char* order) {
  sql::Statement statement(database, "SELECT " + column_list<Row>() + " FROM " +
                                         std::string(RowTable<Row>::kName) + " ORDER BY " + order);
  return read_rows<Row>(statement);
}

std::vector<std::string> integrity_check(sql::Connection& database) {
  sql::Statement check(database, "PRAGMA integrity_check(20)");
  std::vector<std::string> lines;
  while (check.next()) {
    std::string line;
    check.read(line);
    if (line != "ok") lines.push_back(std::move(line));
  }
  return lines;
}

WholeHistory select_all(sql::Connection& database) {
  WholeHistory all;
  auto fleets = select<core::FleetRow>(database, "name");
  if (!fleets.empty()) all.fleet = std::move(fleets.front());
  all.nodes = select<core::NodeRow>(database, "started_at, node");
  all.jobs = select<core::JobRow>(database, "job");
  all.heartbeats = select<core::HeartbeatRow>(database, "job");
  all.runs = select<core::RunRow>(database, "id");
  all.attempts = select<core::AttemptRow>(database, "token");
  all.slots = select<core::SlotsRow>(database, "job, first_number");
  all.events = select<core::EventRow>(database, "id");
  all.damage = integrity_check(database);
  return all;
}

std::optional<StoreError> check_present(const std::filesystem::path& file) {
  const auto found = identify(file);
  if (!found) return found.error();
  if (*found) return inspect(file, Depth::quick, std::nullopt);
  return StoreError{StoreError::Kind::io, file.string() + ": is not there",
                    "the fleet has not run yet, or its state_dir is another"};
}

}  // namespace

std::expected<WholeHistory, StoreError> read_whole_history(const std::filesystem::path& file) {
  if (const auto error = check_present(file)) return std::unexpected(*error);
  auto opened = sql::Connection::open(file, sql::Connection::Access::read, kBusy);
  if (!opened) return std::unexpected(error_from(opened.error(), file));
  const auto version = schema_version(*opened);
  const int known = migrations().back().to_version;
  if (version && *version < known) {
    return std::unexpected(StoreError{
        StoreError::Kind::io,
        fmt::format("{}: has schema version {}, this program reads {}", file.string(), *version,
                    known),
        "start its daemon with this release once, which brings the database up to date"});
  }
  opened->exec("BEGIN");
  WholeHistory all = select_all(*opened);
  opened->exec("COMMIT");
  if (!opened->ok()) return std::unexpected(error_from(opened->recover(), file));
  return all;
}

}  // namespace takt::store
