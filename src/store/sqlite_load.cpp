#include "store/sqlite_load.h"

#include "store/row_sql.h"
#include "store/store_error.h"

namespace takt::store {
namespace {

constexpr std::chrono::milliseconds kBusy{5000};
constexpr std::ptrdiff_t kLengthsMax = 50;

template <class Row>
std::vector<Row> select(sql::Connection& database, const std::string& condition) {
  sql::Statement statement(database, "SELECT " + column_list<Row>() + " FROM " +
                                         std::string(RowTable<Row>::kName) + " " + condition);
  return read_rows<Row>(statement);
}

/// Jumps from job to job along the index of good runs and takes the newest 50 of each: a window
/// over the whole table would read all of history at every start.
std::map<std::string, std::vector<Duration>> select_durations(sql::Connection& database) {
  sql::Statement statement(database, R"sql(
    WITH RECURSIVE names(job) AS (
      SELECT min(job) FROM runs WHERE outcome = 'ok'
      UNION ALL
      SELECT (SELECT min(job) FROM runs WHERE outcome = 'ok' AND job > names.job)
        FROM names WHERE names.job IS NOT NULL)
    SELECT names.job, runs.ended_at - runs.started_at
      FROM names JOIN runs ON runs.id IN (
        SELECT id FROM runs WHERE outcome = 'ok' AND job = names.job
          AND started_at IS NOT NULL AND ended_at IS NOT NULL ORDER BY id DESC LIMIT 50)
     ORDER BY names.job, runs.id)sql");
  // Runs that were deleted are older than those of their job that are there.
  sql::Statement deleted(database, "SELECT job, length_ms FROM run_lengths ORDER BY job, run");
  std::map<std::string, std::vector<Duration>> durations;
  while (deleted.next()) {
    std::string job;
    Duration length{};
    deleted.read(job, length);
    durations[std::move(job)].push_back(length);
  }
  while (statement.next()) {
    std::string job;
    Duration length{};
    statement.read(job, length);
    durations[std::move(job)].push_back(length);
  }
  for (auto& [job, lengths] : durations) {
    if (std::ssize(lengths) > kLengthsMax)
      lengths.erase(lengths.begin(), lengths.end() - kLengthsMax);
  }
  return durations;
}

core::Stored select_all(sql::Connection& database) {
  core::Stored stored;
  auto fleets = select<core::FleetRow>(database, "");
  if (!fleets.empty()) stored.fleet = std::move(fleets.front());
  auto nodes = select<core::NodeRow>(database, "ORDER BY rowid DESC LIMIT 1");
  if (!nodes.empty()) stored.last_node = std::move(nodes.front());
  stored.jobs = select<core::JobRow>(database, "ORDER BY job");
  stored.heartbeats = select<core::HeartbeatRow>(database, "ORDER BY job");
  stored.open_runs = select<core::RunRow>(database, "WHERE state <> 'ended' ORDER BY id");
  stored.open_attempts = select<core::AttemptRow>(
      database, "WHERE run IN (SELECT id FROM runs WHERE state <> 'ended') ORDER BY token");
  stored.probes = select<core::ProbeRow>(database, "ORDER BY health, probe");
  stored.notices =
      select<core::NoticeRow>(database,
                              "WHERE state = 'pending' OR id IN (SELECT max(id) FROM notices "
                              "GROUP BY contact, job, health, probe) ORDER BY id");
  stored.durations = select_durations(database);
  return stored;
}

}  // namespace

std::expected<Living, ports::StoreError> read_living(const std::filesystem::path& file) {
  auto opened = sql::Connection::open(file, sql::Connection::Access::read, kBusy);
  if (!opened) return std::unexpected(error_from(opened.error(), file));
  Living living;
  opened->exec("BEGIN");
  living.heartbeats = select<core::HeartbeatRow>(*opened, "ORDER BY job");
  living.open_runs = select<core::RunRow>(*opened, "WHERE state <> 'ended' ORDER BY id");
  living.open_attempts = select<core::AttemptRow>(*opened, "WHERE outcome IS NULL ORDER BY token");
  opened->exec("COMMIT");
  if (!opened->ok()) return std::unexpected(error_from(opened->recover(), file));
  return living;
}

std::expected<core::Stored, ports::StoreError> load_stored(const std::filesystem::path& file) {
  auto opened = sql::Connection::open(file, sql::Connection::Access::read, kBusy);
  if (!opened) return std::unexpected(error_from(opened.error(), file));
  opened->exec("BEGIN");
  core::Stored stored = select_all(*opened);
  opened->exec("COMMIT");
  if (!opened->ok()) return std::unexpected(error_from(opened->recover(), file));
  return stored;
}

}  // namespace takt::store
