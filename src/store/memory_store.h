#pragma once
// MemoryStore: the store and the history in memory, for tests and for the simulator. No thread and
// no clock: it commits inside submit(), unless its owner holds it, or makes it fail, to play what a
// disk does.
//
//                 hold()                            fail(error)
//   committing ──────────▶ held                     any state ──▶ failing: nothing is committed;
//        ▲                  │ commit_one()          failed(error) is told once, as soon as a batch
//        │                  ▼ commit_all()          meets it
//        └──── release() ── held                    heal() ──▶ back() if it was told, then goes on
//
//   crash()   what was neither recorded nor journaled is gone: as after a SIGKILL
//
// While it fails, batches go into a journal of as many bytes as its owner gave it (none, at first).
//
// One thread. A listener may call submit() from within its callbacks.

#include <cstddef>
#include <deque>
#include <expected>
#include <optional>
#include <vector>

#include "ports/history.h"
#include "ports/store.h"
#include "store/memory_rows.h"

namespace takt::store {

class MemoryStore final : public ports::Store, public ports::History {
 public:
  explicit MemoryStore(ports::StoreListener& listener, Retention retention = {});

  /// From now on `listener` is told: the next incarnation of a daemon, after crash().
  void set_listener(ports::StoreListener& listener) { listener_ = &listener; }

  // --- Store
  std::expected<core::Stored, ports::StoreError> load() override;
  void submit(core::Batch batch) override;
  std::size_t backlog() const override { return queue_.size() + committing_; }
  /// Never waits: true when nothing is queued. A store that is neither held nor failing has no
  /// queue.
  bool flush(Duration patience) override;

  // --- what a disk does
  void hold() { held_ = true; }
  void release();
  /// Commits the oldest batch, or all of them, also while held; nothing while failing.
  void commit_one();
  void commit_all();
  void fail(ports::StoreError error);
  void heal();
  /// Before the first failure. A batch takes as much of it as in a real journal.
  void give_journal(std::int64_t capacity_bytes) { journal_.capacity_bytes = capacity_bytes; }
  bool is_held() const { return held_; }
  bool is_failing() const { return failure_.has_value(); }
  /// Also ends a hold. A failure lasts: the disk is as full as before; the next listener is told
  /// anew.
  void crash();

  /// What is recorded; for whoever checks it.
  const MemoryRows& rows() const { return rows_; }

  // --- History; of what is recorded
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
  void commit_unless_held();
  void commit(std::size_t batches_max);
  core::Batch take_front();
  void meet_failure();
  void journal_queued();

  ports::StoreListener* listener_;
  MemoryRows rows_;
  std::deque<core::Batch> queue_;
  std::size_t committing_ = 0;  // batches whose recorded() has not returned; also guards reentry
  bool held_ = false;
  std::optional<ports::StoreError> failure_;
  bool told_ = false;  // the listener knows of failure_
  core::JournalUse journal_;
  std::size_t journaled_ = 0;  // of queue_, from its front
  bool full_ = false;          // the journal takes nothing more in this outage
  std::int64_t replayed_ = 0;  // by the last crash()
};

}  // namespace takt::store
