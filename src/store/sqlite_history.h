#pragma once
// SqliteHistory: reads what happened out of a database, while a daemon writes to it or when none
// runs (also after one was killed and left its log behind). It never changes the database file and
// never stands in a writer's way; each answer is one snapshot.
//
// A reader announces itself in FILE-shm, so it needs to write that file, or the folder to make it:
// on a read-only disk, or as a user who may only read, opening fails and says so.

#include <expected>
#include <filesystem>
#include <memory>

#include "ports/history.h"

namespace takt::store {

class SqliteHistory final : public ports::History {
 public:
  /// Opens an existing database of any fleet and speed. Refuses what is no database of takt's, is
  /// broken, or is too new; a missing one is an `io` error.
  static std::expected<std::unique_ptr<SqliteHistory>, ports::StoreError> open(
      const std::filesystem::path& file);
  ~SqliteHistory() override;

  SqliteHistory(const SqliteHistory&) = delete;
  SqliteHistory& operator=(const SqliteHistory&) = delete;

  // Any thread, one call at a time.
  std::expected<std::vector<ports::RunWithAttempts>, ports::StoreError> runs(
      const ports::RunQuery& query) override;
  std::expected<std::vector<core::SlotsRow>, ports::StoreError> slots(
      const ports::SlotQuery& query) override;
  std::expected<std::vector<core::EventRow>, ports::StoreError> events(
      const ports::EventQuery& query) override;
  std::expected<std::vector<core::HeartbeatRow>, ports::StoreError> heartbeats() override;
  std::expected<std::vector<core::JobRow>, ports::StoreError> jobs() override;
  std::expected<std::optional<core::FleetRow>, ports::StoreError> fleet() override;

 private:
  class Database;
  explicit SqliteHistory(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

}  // namespace takt::store
