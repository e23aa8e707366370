#pragma once
// GroupWriter: commits groups of batches to one database file, a transaction a group, and says why
// it could not. It neither waits nor retries; whoever owns it does, with the same group.
//
//            commit ok                      locked: the connection stays
//          ┌──────────┐                   ┌──────────┐
//          └─▶ open ──┴── commit fails ───┴─▶ open   any other fault: closed, and opened and
//          checked
//                                            closed  anew before the next commit
//
// A connection whose write or sync failed is never trusted again: the kernel may have dropped dirty
// pages and called the next sync a success. So it is closed, the file opened and checked (that what
// was reported as recorded is there), and the whole group written once more; rows replace
// themselves.
//
// Private to this folder; one thread.

#include <chrono>
#include <optional>
#include <span>

#include "store/database.h"
#include "store/row_writer.h"
#include "store/trimmer.h"

namespace takt::store {

class GroupWriter {
 public:
  /// `identity` is the inspected file; only that one is ever written to.
  GroupWriter(std::filesystem::path file, Owner owner, FileIdentity identity);

  /// Writes every batch, in order, in one transaction; synced to the disk if one of them asks.
  /// Nothing is returned when all of it is committed; otherwise none of it is. With a generation
  /// it takes over what the journal holds: that is the journal's from now on, and the commit is
  /// synced, since the journal may be overwritten after it.
  std::optional<ports::StoreError> commit(std::span<const core::Batch> group,
                                          std::optional<std::int64_t> journal_generation = {});

  /// How much history is kept; nothing is deleted before it is told.
  void retain(KeepRules rules) { trimmer_.set(std::move(rules)); }
  const Trimmer& trimmer() const { return trimmer_; }
  /// One step of deleting history, after a commit that went well. False: it failed; nothing is lost.
  bool trim();

  /// Brings the log into the database file when it has grown. That takes two syncs: to be called
  /// when nobody waits for what was committed.
  void tidy();

  /// Brings the log into the database file and closes it.
  void close();

 private:
  struct Open {
    explicit Open(sql::Connection opened);
    sql::Connection connection;
    RowWriter rows;
    bool full_sync = false;
    int log_pages = 0;  // after the last commit
  };

  std::optional<ports::StoreError> check_in_place();
  std::optional<ports::StoreError> reopen();
  std::optional<ports::StoreError> check_recorded(sql::Connection& connection);
  bool needs_sync(const core::FleetRow& fleet) const;
  bool write(std::span<const core::Batch> group, std::optional<std::int64_t> journal_generation);
  ports::StoreError give_up();

  std::filesystem::path file_;
  Owner owner_;
  FileIdentity identity_;
  std::unique_ptr<Open> open_;
  Trimmer trimmer_;
  std::chrono::steady_clock::time_point tidied_at_;
  std::optional<core::FleetRow> recorded_;  // of the last group that was committed
  std::optional<core::FleetRow> synced_;    // of the last group that is on the disk
};

}  // namespace takt::store
