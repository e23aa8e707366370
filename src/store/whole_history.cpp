#include "store/whole_history.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <span>
#include <variant>

#include "base/match.h"
#include "store/database.h"
#include "store/journal_format.h"
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

std::map<std::string, KeptFrom> select_kept_from(sql::Connection& database) {
  sql::Statement statement(database, "SELECT job, runs_from, slots_from FROM retention");
  std::map<std::string, KeptFrom> all;
  while (statement.next()) {
    std::string job;
    KeptFrom from;
    statement.read(job, from.run, from.slot);
    all.emplace(std::move(job), from);
  }
  return all;
}

/// Puts a row in the place of the one with its key, or where it belongs.
template <class Row, class Key>
void put(std::vector<Row>& rows, Row row, Key key) {
  const auto at = std::ranges::lower_bound(rows, std::invoke(key, row), {}, key);
  if (at != rows.end() && std::invoke(key, *at) == std::invoke(key, row)) {
    *at = std::move(row);
  } else {
    rows.insert(at, std::move(row));
  }
}

void put_slots(std::vector<core::SlotsRow>& rows, core::SlotsRow row) {
  const auto key = [](const core::SlotsRow& each) { return std::pair(each.job, each.first); };
  put(rows, std::move(row), key);
}

void put_probe(std::vector<core::ProbeRow>& rows, core::ProbeRow row) {
  const auto key = [](const core::ProbeRow& each) { return std::pair(each.health, each.probe); };
  put(rows, std::move(row), key);
}

void put_node(std::vector<core::NodeRow>& rows, core::NodeRow row) {
  const auto at = std::ranges::find(rows, row.node, &core::NodeRow::node);
  if (at != rows.end()) {
    *at = std::move(row);
  } else {
    rows.push_back(std::move(row));
  }
}

void put_row(WholeHistory& all, core::Row row) {
  std::visit(
      Match{[&](core::NodeRow& r) { put_node(all.nodes, std::move(r)); },
            [&](core::JobRow& r) { put(all.jobs, std::move(r), &core::JobRow::job); },
            [&](core::HeartbeatRow& r) {
              put(all.heartbeats, std::move(r), &core::HeartbeatRow::job);
            },
            [&](core::RunRow& r) { put(all.runs, std::move(r), &core::RunRow::run); },
            [&](core::AttemptRow& r) { put(all.attempts, std::move(r), &core::AttemptRow::token); },
            [&](core::SlotsRow& r) { put_slots(all.slots, std::move(r)); },
            [&](core::EventRow& r) { put(all.events, std::move(r), &core::EventRow::id); },
            [&](core::ProbeRow& r) { put_probe(all.probes, std::move(r)); },
            [&](core::NoticeRow& r) { put(all.notices, std::move(r), &core::NoticeRow::notice); }},
      row);
}

JournalMark select_mark(sql::Connection& database) {
  sql::Statement statement(database, "SELECT store_id, generation FROM journal");
  JournalMark mark;
  if (statement.next()) statement.read(mark.store_id, mark.generation);
  return mark;
}

/// Adds what only the journal has. The frames of a generation stay until the next one is written, so
/// that reading it after the snapshot misses nothing.
void add_journal(WholeHistory& all, const std::filesystem::path& file, const JournalMark& mark) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return;
  const std::string bytes(std::istreambuf_iterator<char>(in), {});
  auto contents = parse_journal(std::as_bytes(std::span(bytes)), mark.generation);
  if (!contents) {
    // Newer: the daemon went on meanwhile. Anything else is what its next start will say as well.
    if (contents.error().kind != JournalFault::Kind::newer) {
      all.damage.push_back(file.string() + ": " + contents.error().what);
    }
    return;
  }
  if (contents->owner.store_id != mark.store_id) return;
  for (core::Batch& batch : contents->batches) {
    all.fleet = std::move(batch.fleet);
    for (core::Row& row : batch.rows) put_row(all, std::move(row));
  }
  all.journaled = std::ssize(contents->batches);
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
  all.probes = select<core::ProbeRow>(database, "health, probe");
  all.notices = select<core::NoticeRow>(database, "id");
  all.kept_from = select_kept_from(database);
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
  const JournalMark mark = select_mark(*opened);
  opened->exec("COMMIT");
  if (!opened->ok()) return std::unexpected(error_from(opened->recover(), file));
  add_journal(all, file.parent_path() / "journal", mark);
  return all;
}

}  // namespace takt::store
