// The store of the world: when it commits, and what it tells whom.

#include <algorithm>
#include <utility>

#include "sim/world.h"

namespace takt::sim {
namespace {

constexpr std::int64_t kFrameBytes = 100;  // of a batch in the journal, without its rows
constexpr std::int64_t kRowBytes = 250;

}  // namespace

void World::submit(core::Batch batch) {
  if (scenario_.saboteur != nullptr && !scenario_.saboteur->stores(batch)) return;
  witness([&](Checker& checker) { checker.handed_over(batch.seq); });
  store_.submit(std::move(batch));
  queued_ += 1;
  if (outage_) journal_soon();
  if (commit_entered_) return;
  commit_entered_ = true;
  const bool is_slow = now_ < slow_until_;
  if (is_slow && !slow_) {
    slow_ = true;
    fired(Fault::store_slow);
    witness([&](Checker& checker) { checker.store_ill(now_); });
    agenda_.enter(slow_until_, SlowOver{});
  }
  const Duration takes =
      is_slow ? dice_store_.between(std::chrono::milliseconds{100}, std::chrono::seconds{3})
              : dice_store_.between(Duration{1}, Duration{8});
  agenda_.enter(now_ + takes, CommitDue{});
}

void World::commit_due() {
  commit_entered_ = stale_ > 0 && !daemon_;
  if (commit_entered_) {
    agenda_.enter(now_ + std::chrono::seconds{1}, CommitDue{});
  } else if (now_ < ill_until_) {
    fail_to_commit();
  } else if (outage_) {
    end_outage();
  } else {
    commit();
  }
}

/// A commit that began while the store was slow stands still with its daemon: until that goes on nobody
/// has seen the store well.
void World::slow_over() {
  if (commit_entered_ && is_frozen()) {
    agenda_.enter(frozen_until_, SlowOver{});
    return;
  }
  slow_ = false;
  store_recovers();
}

void World::end_outage() {
  outage_ = journal_full_ = false;
  journal_used_ = 0;
  const auto held = static_cast<std::int64_t>(queued_);
  commit();
  if (daemon_) {
    const std::int64_t journaled = std::exchange(journaled_, 0);
    if (held == 0 && journaled > 0) tell_soon(core::Recorded{recorded_});
    if (std::exchange(daemon_knows_, false)) deliver(core::StoreBack{journaled, held});
  }
  store_recovers();
}

void World::fail_to_commit() {
  if (store_.idle() && !outage_) return;  // nobody noticed
  if (!outage_) {
    outage_ = true;
    fired(outage_fault_);
    witness([&](Checker& checker) { checker.store_ill(now_); });
  }
  commit_entered_ = true;  // it goes on trying by itself
  agenda_.enter(ill_until_, CommitDue{});
  if (!daemon_ || std::exchange(daemon_knows_, true)) return;
  deliver(core::StoreFailed{"no space left on device", journal_use()});
  journal_soon();
}

core::JournalUse World::journal_use() const { return {journal_used_, journal_capacity_}; }

void World::journal_soon() {
  if (!daemon_ || !daemon_knows_ || journal_full_ || journal_entered_ || queued_ == 0) return;
  journal_entered_ = true;
  agenda_.enter(now_ + dice_store_.between(Duration{1}, Duration{8}), JournalDue{life_});
}

void World::journal_due(const JournalDue& due) {
  journal_entered_ = false;
  if (!daemon_ || due.life != life_ || !outage_ || journal_full_ || queued_ == 0) return;
  const auto has_room = [&](const core::Batch& batch) {
    const auto size = kFrameBytes + kRowBytes * std::ssize(batch.rows);
    if (journal_used_ + size > journal_capacity_) return false;
    journal_used_ += size;
    return true;
  };
  // What is in the journal is as durable as what is committed: the next daemon reads both as one.
  std::vector<core::Batch> group = store_.commit_while(has_room);
  queued_ -= group.size();
  journaled_ += std::ssize(group);
  if (!group.empty()) {
    keep(std::move(group));
    if (!daemon_) return;
    tell_soon(core::Journaled{recorded_, journal_use()});
  }
  if (queued_ > 0) {
    journal_full_ = true;
    tell_soon(core::JournalFull{"it is full", journal_use()});
  }
  stop_when_recorded();
}

void World::store_recovers() {
  if (outage_ || slow_) return;
  witness([&](Checker& checker) { checker.store_well(now_); });
}

void World::commit() {
  if (store_.idle()) return;
  std::vector<core::Batch> group = store_.commit();
  queued_ = 0;
  keep(std::move(group));
  if (!daemon_) return;
  tell_soon(core::Recorded{recorded_});
  stop_when_recorded();
}

/// These batches are durable from now on.
void World::keep(std::vector<core::Batch> group) {
  std::size_t stale = std::exchange(stale_, 0);
  for (const core::Batch& batch : group) {
    metrics_.committed(now_, batch);
    if (scenario_.options.committed) scenario_.options.committed(batch);
    coverage_.committed(batch);
    const int life = stale > 0 ? life_ - 1 : life_;
    if (stale > 0) stale -= 1;
    witness([&](Checker& checker) { checker.committed(now_, life, batch); });
  }
  recorded_ = group.back().seq;
  store_.keep(std::move(group));
  std::erase_if(answers_, [&](const core::Answer& answer) {
    if (answer.after > recorded_) return false;
    witness([&](Checker& checker) { checker.acknowledged(now_, **answer.result); });
    return true;
  });
  die_of(Fault::daemon_killed_after_commit);
}

void World::acknowledge(core::Answer answer) {
  if (!answer.result || !*answer.result) return;
  if (answer.after > recorded_) {
    answers_.push_back(std::move(answer));
    return;
  }
  witness([&](Checker& checker) { checker.acknowledged(now_, **answer.result); });
}

void World::stop_when_recorded() {
  if (!daemon_ || !stop_after_ || recorded_ < *stop_after_) return;
  lose_daemon(dice_faults_.around(std::chrono::seconds{5}, 1.2));
}

}  // namespace takt::sim
