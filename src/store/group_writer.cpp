#include "store/group_writer.h"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cstdint>

#include "store/store_error.h"

namespace takt::store {

using ports::StoreError;

namespace {

constexpr std::chrono::milliseconds kBusy{250};

/// A group of more rows than that is a fleet's first; the pages it went through are not kept in memory.
constexpr std::size_t kRowsOfLargeGroup = 2000;

/// The log is brought in once a second, from 512 KiB on; after every commit from 16 MiB on, or from
/// a quarter of the space that is left.
constexpr int kLogPagesMin = 128;
constexpr std::uint64_t kLogBytesMax = 16 << 20;
constexpr std::uint64_t kPageBytes = 4096;
constexpr std::chrono::seconds kTidyEvery{1};

std::uint64_t log_bytes_max(const std::filesystem::path& file) {
  struct statvfs disk{};
  if (::statvfs(file.c_str(), &disk) != 0) return kLogBytesMax;
  return std::min<std::uint64_t>(kLogBytesMax, disk.f_bavail * disk.f_frsize / 4);
}

}  // namespace

GroupWriter::Open::Open(sql::Connection opened) : connection(std::move(opened)), rows(connection) {
  const auto note_pages = [](void* pages, sqlite3*, const char*, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(connection.link().handle, note_pages, &log_pages);
}

GroupWriter::GroupWriter(std::filesystem::path file, Owner owner, FileIdentity identity)
    : file_(std::move(file)), owner_(std::move(owner)), identity_(identity) {}

std::optional<StoreError> GroupWriter::commit(std::span<const core::Batch> group,
                                              std::optional<std::int64_t> journal_generation) {
  if (auto error = check_in_place()) return error;
  if (!open_) {
    if (auto error = reopen()) return error;
  }
  if (!write(group, journal_generation)) return give_up();
  recorded_ = group.back().fleet;
  for (const core::Batch& batch : group) trimmer_.saw(batch);
  if (open_->full_sync) synced_ = recorded_;
  return std::nullopt;
}

bool GroupWriter::trim() {
  if (!open_) return false;
  trimmer_.step(open_->connection);
  if (open_->connection.ok()) return true;
  static_cast<void>(give_up());  // a commit that meets the same trouble tells of it
  return false;
}

/// The first group of a connection is synced, and with it everything that an earlier daemon wrote.
bool GroupWriter::needs_sync(const core::FleetRow& fleet) const {
  if (!synced_) return true;
  const auto beyond = [](auto given, auto synced) {
    return given.value - synced.value > core::kUnsyncedIdsMax;
  };
  return beyond(fleet.last_run, synced_->last_run) ||
         beyond(fleet.last_token, synced_->last_token) ||
         beyond(fleet.last_event, synced_->last_event);
}

/// An open connection goes on writing to a file that was deleted or moved, and all of it would be
/// gone at the next start. The connection is kept: it is the last hold on those rows.
std::optional<StoreError> GroupWriter::check_in_place() {
  const auto found = identify(file_);
  if (!found) return found.error();
  if (*found == identity_) return std::nullopt;
  const std::string path = file_.string();
  if (!*found) {
    return StoreError{StoreError::Kind::io, path + ": was deleted or moved while in use",
                      fmt::format("move it back to {}, and takt goes on. If it was deleted, stop "
                                  "takt and restore a backup; what was not written is lost",
                                  path)};
  }
  return StoreError{StoreError::Kind::io, path + ": was replaced by another file while in use",
                    fmt::format("move the former file back to {}, and takt goes on; or restart "
                                "takt to use the new one",
                                path)};
}

std::optional<StoreError> GroupWriter::reopen() {
  if (auto error = inspect(file_, Depth::quick, owner_)) return error;
  auto connection = open_for_writing(file_, kBusy);
  if (!connection) return connection.error();
  if (auto error = check_recorded(*connection)) return error;
  // Where the disk is full, the log's own space is what can be had back; a failure changes nothing.
  connection->exec("PRAGMA wal_checkpoint(TRUNCATE)");
  static_cast<void>(connection->recover());
  auto opened = std::make_unique<Open>(std::move(*connection));
  if (!opened->connection.ok()) return error_from(opened->connection.recover(), file_);
  open_ = std::move(opened);
  return std::nullopt;
}

std::optional<StoreError> GroupWriter::check_recorded(sql::Connection& connection) {
  if (!recorded_) return std::nullopt;
  std::vector<core::FleetRow> found;
  {
    sql::Statement select(connection, "SELECT " + column_list<core::FleetRow>() + " FROM fleet");
    found = read_rows<core::FleetRow>(select);
  }
  if (!connection.ok()) return error_from(connection.recover(), file_);
  if (!found.empty() && found[0].last_run >= recorded_->last_run &&
      found[0].last_token >= recorded_->last_token &&
      found[0].last_event >= recorded_->last_event) {
    return std::nullopt;
  }
  return corrupt(file_, "lost rows that it had confirmed");
}

bool GroupWriter::write(std::span<const core::Batch> group,
                        std::optional<std::int64_t> journal_generation) {
  sql::Connection& connection = open_->connection;
  const bool synced = journal_generation || needs_sync(group.back().fleet) ||
                      std::ranges::any_of(group, &core::Batch::synced);
  if (synced != open_->full_sync) {
    connection.exec(synced ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    open_->full_sync = synced;
  }
  connection.exec("BEGIN IMMEDIATE");
  std::size_t rows = 0;
  for (const core::Batch& batch : group) {
    rows += batch.rows.size();
    for (const core::Row& row : batch.rows) open_->rows.write(row);
    if (!connection.ok()) return false;
  }
  open_->rows.write(group.back().fleet);  // each batch has one; the last says it all
  if (journal_generation) {
    sql::Statement(connection, "UPDATE journal SET generation = ?").bind(*journal_generation).run();
  }
  const bool committed = connection.exec("COMMIT");
  if (committed && rows > kRowsOfLargeGroup) connection.exec("PRAGMA shrink_memory");
  return committed;
}

StoreError GroupWriter::give_up() {
  const StoreError error = error_from(open_->connection.recover(), file_);
  if (error.kind != StoreError::Kind::in_use) open_.reset();
  return error;
}

void GroupWriter::tidy() {
  if (!open_ || open_->log_pages < kLogPagesMin) return;
  const auto now = std::chrono::steady_clock::now();
  const bool is_large =
      static_cast<std::uint64_t>(open_->log_pages) * kPageBytes >= log_bytes_max(file_);
  if (!is_large && now - tidied_at_ < kTidyEvery) return;
  tidied_at_ = now;
  const int code = sqlite3_wal_checkpoint_v2(open_->connection.link().handle, nullptr,
                                             SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  const int kind = code & 0xff;
  // A reader or another writer may be in the way: later, then. After any other fault the connection
  // is not trusted; the next commit opens the file anew, and tells what is wrong with it.
  if (kind != SQLITE_OK && kind != SQLITE_BUSY && kind != SQLITE_LOCKED) open_.reset();
}

void GroupWriter::close() {
  // A checkpoint that fails loses nothing: the log stays and is read at the next start.
  if (open_) open_->connection.exec("PRAGMA wal_checkpoint(PASSIVE)");
  open_.reset();
}

}  // namespace takt::store
