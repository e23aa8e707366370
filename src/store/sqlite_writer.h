#pragma once
// SqliteWriter: the queue of a SqliteStore and the thread behind it.
//
//   submit ─▶ queue ─▶ pending ─▶ commit ──ok──▶ recorded
//                         ▲          │ fails: pending is kept, and tried again after 50 ms, doubled
//                         └── wait ──┘        up to 1 s
//                              │ failing and told: what is pending and not yet there goes
//                              ▼ into the journal, also what comes during the wait
//                           journal ──▶ journaled
//
// A failure is told at once, but a lock only after 1 s: until then nothing is journaled. What was
// journaled is committed with everything else, once, in a synced transaction that begins the
// journal's next generation. What the journal cannot take is compacted as it waits.
// Private to this folder.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "ports/store.h"
#include "store/group_writer.h"
#include "store/journal.h"
#include "store/keep_rules.h"

namespace takt::store {

class SqliteWriter {
 public:
  /// `found`: what the journal holds and the database could not take yet. Nothing is tried before
  /// the first submit.
  SqliteWriter(GroupWriter groups, Journal journal, std::int64_t generation,
               std::vector<core::Batch> found, ports::StoreListener& listener);
  /// Goes on writing for at most 2 s.
  ~SqliteWriter();

  SqliteWriter(const SqliteWriter&) = delete;
  SqliteWriter& operator=(const SqliteWriter&) = delete;

  void submit(core::Batch batch);
  /// From now on history is deleted that is kept no longer, between the commits and in small steps.
  void retain(KeepRules rules);
  /// The same at once, and all of it: `swept` is told when nothing is left to delete, or that it
  /// failed. On the writer's thread.
  using Swept = std::function<void(bool ok, const Trimmed& trimmed)>;
  void sweep(KeepRules rules, Swept swept);
  /// While rows cannot be written: tries at once, not when the present wait is over.
  void retry_now();
  std::size_t backlog() const;
  bool flush(Duration patience);

 private:
  using Clock = std::chrono::steady_clock;

  void write_until_stopped();
  bool wait_for_work();
  bool trims_first(std::unique_lock<std::mutex>& lock);
  std::optional<Clock::time_point> trim_due() const;
  void trim();
  void tell_swept(std::unique_lock<std::mutex>& lock, bool ok);
  void take_queued();
  bool commit_pending();
  void tell_failure(const ports::StoreError& error);
  void journal_pending();
  void end_outage();
  bool wait_to_retry(std::chrono::milliseconds wait);
  void note_recorded(std::size_t batches);

  // Guarded by mutex_, which is never held while the listener is called.
  std::deque<core::Batch> queue_;
  std::size_t backlog_ = 0;                      // queued and pending
  std::optional<Clock::time_point> give_up_at_;  // set: closing
  std::optional<KeepRules> new_rules_;
  Swept swept_;
  bool retry_ = false;
  std::condition_variable work_;
  std::condition_variable done_;
  mutable std::mutex mutex_;

  // The thread's own.
  GroupWriter groups_;
  Journal journal_;
  std::int64_t generation_;
  ports::StoreListener& listener_;
  std::vector<core::Batch> pending_;
  std::size_t taken_ = 0;      // batches that pending_ is made of
  std::size_t journaled_ = 0;  // of pending_, from its front
  Clock::time_point written_at_ = Clock::now();
  Clock::time_point trimmed_at_ = Clock::now();
  Clock::time_point trim_again_at_;
  bool told_ = false;  // failed() was
  bool full_ = false;  // the journal takes nothing more in this outage
  std::thread thread_;
};

}  // namespace takt::store
