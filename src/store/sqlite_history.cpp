#include "store/sqlite_history.h"

#include <algorithm>
#include <map>
#include <variant>

#include "store/database.h"
#include "store/row_sql.h"
#include "store/store_error.h"

namespace takt::store {
namespace {

using ports::RunWithAttempts;
using ports::StoreError;
using ports::Window;

constexpr std::chrono::milliseconds kBusy{2000};

/// The end of a SELECT: conditions, order, window, and the values of their parameters.
class Filter {
 public:
  template <class Value>
  void where(const char* condition, Value value) {
    text_ += values_.empty() ? " WHERE " : " AND ";
    text_ += condition;
    values_.emplace_back(std::move(value));
  }

  /// Newest first; `instant` is the column that the window's `since` is compared with.
  void newest(const char* order, const char* instant, const Window& window) {
    if (window.since) where((std::string(instant) + " >= ?").c_str(), millis(*window.since));
    text_ += std::string(" ORDER BY ") + order;
    if (window.since || window.all) return;
    text_ += " LIMIT ?";
    values_.emplace_back(std::int64_t{std::max(window.limit, 0)});
  }

  const std::string& text() const { return text_; }
  const std::vector<std::variant<std::int64_t, std::string>>& values() const { return values_; }

 private:
  std::string text_;
  std::vector<std::variant<std::int64_t, std::string>> values_;
};

template <class Row>
std::vector<Row> select(sql::Connection& connection, const std::string& from,
                        const Filter& filter = {}) {
  sql::Statement statement(connection,
                           "SELECT " + column_list<Row>() + " FROM " + from + filter.text());
  statement.bind_each(filter.values());
  return read_rows<Row>(statement);
}

Filter filter_of(const ports::RunQuery& query) {
  Filter filter;
  if (!query.job.empty()) filter.where("job = ?", query.job);
  if (query.run) filter.where("id = ?", query.run->value);
  if (query.state) filter.where("state = ?", std::string(word(*query.state)));
  filter.newest("id DESC", "queued_at", query.window);
  return filter;
}

/// One question for the runs and one for the attempts of all of them.
std::vector<RunWithAttempts> select_runs(sql::Connection& connection, const Filter& filter) {
  std::vector<RunWithAttempts> runs;
  std::map<RunId, std::size_t> places;
  for (auto& row : select<core::RunRow>(connection, "runs", filter)) {
    places[row.run] = runs.size();
    runs.push_back({std::move(row), {}});
  }
  sql::Statement statement(connection, "SELECT " + column_list<core::AttemptRow>() +
                                           " FROM attempts WHERE run IN (SELECT id FROM runs" +
                                           filter.text() + ") ORDER BY run, attempt");
  statement.bind_each(filter.values());
  for (auto& attempt : read_rows<core::AttemptRow>(statement)) {
    const auto place = places.find(attempt.run);
    if (place != places.end()) runs[place->second].attempts.push_back(std::move(attempt));
  }
  return runs;
}

}  // namespace

class SqliteHistory::Database {
 public:
  Database(sql::Connection connection, std::filesystem::path file)
      : connection_(std::move(connection)), file_(std::move(file)) {}

  /// What `read` makes of one snapshot.
  template <class Read>
  auto snapshot(Read read)
      -> std::expected<decltype(read(std::declval<sql::Connection&>())), StoreError> {
    connection_.exec("BEGIN");
    auto result = read(connection_);
    connection_.exec("COMMIT");
    if (!connection_.ok()) return std::unexpected(error_from(connection_.recover(), file_));
    return result;
  }

 private:
  sql::Connection connection_;
  std::filesystem::path file_;
};

std::expected<std::unique_ptr<SqliteHistory>, StoreError> SqliteHistory::open(
    const std::filesystem::path& file) {
  const auto found = identify(file);
  if (!found) return std::unexpected(found.error());
  if (!*found) {
    return std::unexpected(StoreError{StoreError::Kind::io, file.string() + ": is not there",
                                      "the fleet has not run yet, or its state_dir is another"});
  }
  if (auto error = inspect(file, Depth::quick, std::nullopt)) return std::unexpected(*error);
  auto opened = sql::Connection::open(file, sql::Connection::Access::read, kBusy);
  if (!opened) return std::unexpected(error_from(opened.error(), file));
  return std::unique_ptr<SqliteHistory>(
      new SqliteHistory(std::make_unique<Database>(std::move(*opened), file)));
}

SqliteHistory::SqliteHistory(std::unique_ptr<Database> database) : database_(std::move(database)) {}

SqliteHistory::~SqliteHistory() = default;

std::expected<std::vector<RunWithAttempts>, StoreError> SqliteHistory::runs(
    const ports::RunQuery& query) {
  return database_->snapshot(
      [&](sql::Connection& connection) { return select_runs(connection, filter_of(query)); });
}

std::expected<std::vector<core::SlotsRow>, StoreError> SqliteHistory::slots(
    const ports::SlotQuery& query) {
  Filter filter;
  const bool one_job = !query.job.empty();
  if (one_job) filter.where("job = ?", query.job);
  filter.newest(one_job ? "first_number DESC" : "last_at DESC, job", "last_at", query.window);
  return database_->snapshot([&](sql::Connection& connection) {
    return select<core::SlotsRow>(connection, "slot_ledger", filter);
  });
}

std::expected<std::vector<core::EventRow>, StoreError> SqliteHistory::events(
    const ports::EventQuery& query) {
  Filter filter;
  if (query.after) filter.where("id > ?", query.after->value);
  filter.newest("id DESC", "at", query.window);
  return database_->snapshot([&](sql::Connection& connection) {
    return select<core::EventRow>(connection, "system_events", filter);
  });
}

std::expected<std::vector<core::HeartbeatRow>, StoreError> SqliteHistory::heartbeats() {
  return database_->snapshot([](sql::Connection& connection) {
    return select<core::HeartbeatRow>(connection, "job_heartbeats ORDER BY job");
  });
}

std::expected<std::vector<core::JobRow>, StoreError> SqliteHistory::jobs() {
  return database_->snapshot([](sql::Connection& connection) {
    return select<core::JobRow>(connection, "jobs ORDER BY job");
  });
}

std::expected<std::optional<core::FleetRow>, StoreError> SqliteHistory::fleet() {
  return database_->snapshot([](sql::Connection& connection) {
    const auto rows = select<core::FleetRow>(connection, "fleet");
    return rows.empty() ? std::nullopt : std::optional(rows.front());
  });
}

}  // namespace takt::store
