#pragma once
// SqliteStore: the default store. One database file (WAL), one connection, one writer thread that
// takes everything queued and commits it as one transaction, so that one fsync serves many starts.
//
//   submit ─▶ queue ─▶ [writer thread: group ─▶ BEGIN .. COMMIT] ─▶ recorded(last seq of the group)
//                            │ fails: kept, and put into the file `journal` beside the database
//                            ▼
//                         journaled ─ ─ ─ ▶ back(), recorded
//
// How safe recorded means: the commit survives a SIGKILL of the daemon (the rows are in the
// kernel). A group with a `synced` batch is committed with an fsync and survives a power cut, as
// does everything that is journaled.
//
// Which file it takes and which it refuses: store/database.h. The thread: store/sqlite_writer.h.
// Tables: docs/design/0004-store.md. The journal: docs/design/0013-journal.md.

#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ports/store.h"
#include "store/keep_rules.h"

namespace takt::store {

class SqliteWriter;

class SqliteStore final : public ports::Store {
 public:
  /// Opens the database of this fleet, or makes it (mode 0600, in an existing folder), and brings
  /// into it what the journal holds. A database that cannot be written for now is an error only
  /// when the journal has no room either. Blocking: reads the whole file once when it is at most
  /// 256 MiB. The listener is called on the writer thread, from the first submit to the end of the destructor, and must live that long.
  static std::expected<std::unique_ptr<SqliteStore>, ports::StoreError> open(
      const std::filesystem::path& file, const std::string& fleet_name, double speed,
      ports::StoreListener& listener);

  /// Goes on writing what is queued for at most 2 s, then leaves the rest unwritten (it was never
  /// reported as recorded), brings the log into the database file and closes it.
  ~SqliteStore() override;

  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;

  std::expected<core::Stored, ports::StoreError> load() override;

  /// Any thread. From now on history is deleted that is kept no longer (store/trimmer.h), between the
  /// commits and in small steps. Before the first call nothing is.
  void retain(KeepRules rules);
  /// Any thread. Deletes at once all that these rules do not keep; `swept` is told on the writer's
  /// thread when that is done, or could not be. A call that comes meanwhile replaces this one, whose
  /// `swept` is not told.
  using Swept = std::function<void(bool ok, const Trimmed& trimmed)>;
  void sweep(KeepRules rules, Swept swept);
  /// Any thread. While rows cannot be written: tries again at once.
  void retry_now();

  /// Any thread. Never blocks on the disk.
  void submit(core::Batch batch) override;

  /// Any thread. Counts a batch until its recorded() has returned.
  std::size_t backlog() const override;

  /// Any thread but the listener's.
  bool flush(Duration patience) override;

 private:
  explicit SqliteStore(std::filesystem::path file);

  std::filesystem::path file_;
  std::int64_t replayed_ = 0;
  std::vector<core::Batch> found_;  // in the journal and not in the database; until load()
  std::unique_ptr<SqliteWriter> writer_;
};

}  // namespace takt::store
