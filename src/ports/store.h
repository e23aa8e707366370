#pragma once
// Port Store: where rows go. One implementation keeps them in memory (tests, simulation), one in
// SQLite; a contract suite runs over both.
//
// Writing is asynchronous: submit() never blocks and never fails; what happens to the batches is told
// to the listener. A store that cannot write keeps every batch, in order, and goes on trying by itself;
// meanwhile it puts them into its journal, if it has one, while there is room:
//
//     submit ──▶ queue ──▶ commit (a group at a time) ──▶ recorded(seq)
//                            │ fails
//                            ▼
//                          failed(why) ── retried, bounded waits ──▶ back(), recorded(seq)
//                            │ meanwhile
//                            ▼
//                          journaled(seq) ... journaled(seq), journal_full(why)
//
// The next load() sees what was recorded or journaled, each batch once.

#include <cstddef>
#include <expected>
#include <string>

#include "core/event.h"
#include "core/rows.h"

namespace takt::ports {

struct StoreError {
  enum class Kind {
    corrupt,        // not a database, or pages are broken: kept as it is, never replaced silently
    too_new,        // written by a newer takt
    foreign_fleet,  // belongs to another fleet, or was made at another --speed
    in_use,         // another process keeps it locked
    io              // disk full, read-only, permissions, ...
  };
  Kind kind;
  std::string what;  // what is wrong and where, with the path
  std::string hint;  // what to do next
};

/// Called on the store's own thread (the memory store: inside submit). Must not block.
class StoreListener {
 public:
  virtual ~StoreListener() = default;
  virtual void recorded(Seq through) = 0;
  virtual void failed(const StoreError& error, const core::JournalUse& journal) = 0;
  /// On the disk, in the journal. Between failed() and back() only.
  virtual void journaled(Seq through, const core::JournalUse& journal) = 0;
  /// Until back() nothing more is journaled. Not told when failed() told of a journal without
  /// capacity.
  virtual void journal_full(const std::string& why, const core::JournalUse& journal) = 0;
  virtual void back(const core::StoreBack& outage) = 0;
};

class Store {
 public:
  virtual ~Store() = default;

  /// Everything a coordinator is restored from. Blocking; called once, before the first submit.
  virtual std::expected<core::Stored, StoreError> load() = 0;

  /// Queues a batch. Batches are committed in order; several may share one commit. A batch that is
  /// `synced` is on the disk before it is reported, and so is one whose ids lie more than
  /// kUnsyncedIdsMax beyond those on the disk.
  virtual void submit(core::Batch batch) = 0;

  /// Batches handed over and not yet recorded.
  virtual std::size_t backlog() const = 0;

  /// Waits until everything submitted is recorded, at most `patience` (wall time). False: something
  /// is still queued.
  virtual bool flush(Duration patience) = 0;
};

}  // namespace takt::ports
