#include "store/planned_offsets.h"

#include <fmt/format.h>

#include <chrono>
#include <string>

#include "store/database.h"
#include "store/schema.h"
#include "store/sqlite_load.h"
#include "store/store_error.h"

namespace takt::store {
namespace {

using ports::StoreError;
using sql::Connection;

/// With somebody else's lock. A daemon's own transactions are over sooner.
constexpr std::chrono::milliseconds kPatience{2000};

constexpr int kSince = 3;  // the version that brought the table

std::optional<StoreError> check_version(Connection& database, const std::filesystem::path& file) {
  const auto version = schema_version(database);
  if (!version) return error_from(database.recover(), file);
  const int known = migrations().back().to_version;
  if (*version == known) return std::nullopt;
  if (*version > known) return too_new(file, *version, known);
  return StoreError{
      StoreError::Kind::io,
      fmt::format("{}: is of an older takt (schema version {})", file.string(), *version),
      "the next takt up brings it up to date; until then no offsets are kept"};
}

}  // namespace

std::expected<core::KeptOffsets, StoreError> read_planned_offsets(
    const std::filesystem::path& file) {
  const auto found = identify(file);
  if (!found) return std::unexpected(found.error());
  core::KeptOffsets kept;
  if (!*found) return kept;
  auto opened = Connection::open(file, Connection::Access::read, kPatience);
  if (!opened) return std::unexpected(error_from(opened.error(), file));
  const auto version = schema_version(*opened);
  if (!version) return std::unexpected(error_from(opened->recover(), file));
  if (*version < kSince) return kept;
  {
    sql::Statement select(*opened, "SELECT job, schedule, offset_ms FROM planned_offsets");
    while (select.next()) {
      std::string job;
      core::KeptOffset offset;
      select.read(job, offset.schedule, offset.offset);
      if (offset.offset >= Duration{0} && offset.offset <= kDurationMax) {
        kept.emplace(std::move(job), std::move(offset));
      }
    }
  }
  if (!opened->ok()) return std::unexpected(error_from(opened->recover(), file));
  return kept;
}

std::optional<StoreError> keep_planned_offsets(const std::filesystem::path& file,
                                               const core::KeptOffsets& offsets, WallTime now) {
  const auto found = identify(file);
  if (!found) return found.error();
  auto opened = Connection::open(file, Connection::Access::write, kPatience);
  if (!opened) return error_from(opened.error(), file);
  Connection& database = *opened;
  if (auto error = check_version(database, file)) return error;
  // As the daemon's own connection: the log is brought into the file by it, or by the last to go.
  database.exec("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; BEGIN IMMEDIATE");
  {
    sql::Statement keep(database,
                        "INSERT OR REPLACE INTO planned_offsets (job, schedule, offset_ms, "
                        "planned_at) VALUES (?, ?, ?, ?)");
    for (const auto& [job, offset] : offsets) {
      keep.bind(job, offset.schedule, offset.offset, now).run();
    }
  }
  database.exec("COMMIT");
  if (!database.ok()) return error_from(database.recover(), file);
  return std::nullopt;
}

std::expected<PlanningFacts, StoreError> read_planning_facts(const std::filesystem::path& file) {
  const auto found = identify(file);
  if (!found) return std::unexpected(found.error());
  if (!*found) return PlanningFacts{};
  {
    auto opened = Connection::open(file, Connection::Access::read, kPatience);
    if (!opened) return std::unexpected(error_from(opened.error(), file));
    const auto version = schema_version(*opened);
    if (!version) return std::unexpected(error_from(opened->recover(), file));
    if (*version < migrations().back().to_version) return PlanningFacts{};
  }
  auto kept = read_planned_offsets(file);
  if (!kept) return std::unexpected(kept.error());
  auto stored = load_stored(file);
  if (!stored) return std::unexpected(stored.error());
  return PlanningFacts{std::move(stored->fleet), std::move(stored->durations), *std::move(kept)};
}

std::optional<StoreError> make_database(const std::filesystem::path& file) {
  const auto found = identify(file);
  if (!found) return found.error();
  return *found ? std::nullopt : create(file);
}

}  // namespace takt::store
