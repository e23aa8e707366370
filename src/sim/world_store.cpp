// The store of the world: when it commits, and what it tells whom.

#include <algorithm>
#include <utility>

#include "sim/world.h"

namespace takt::sim {

void World::submit(core::Batch batch) {
  if (scenario_.saboteur != nullptr && !scenario_.saboteur->stores(batch)) return;
  store_.submit(std::move(batch));
  queued_ += 1;
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
    return;
  }
  if (now_ >= ill_until_) {
    const bool was_out = std::exchange(outage_, false);
    if (std::exchange(daemon_knows_, false)) deliver(core::StoreBack{});
    if (was_out) store_recovers();
    commit();
    return;
  }
  if (store_.idle() && !outage_) return;  // nobody noticed
  if (!outage_) {
    outage_ = true;
    fired(outage_fault_);
    witness([&](Checker& checker) { checker.store_ill(now_); });
  }
  commit_entered_ = true;  // it goes on trying by itself
  agenda_.enter(ill_until_, CommitDue{});
  if (!daemon_ || std::exchange(daemon_knows_, true)) return;
  deliver(core::StoreFailed{"no space left on device"});
}

void World::store_recovers() {
  if (outage_ || slow_) return;
  witness([&](Checker& checker) { checker.store_well(now_); });
}

void World::commit() {
  if (store_.idle()) return;
  std::vector<core::Batch> group = store_.commit();
  std::size_t stale = std::exchange(stale_, 0);
  queued_ = 0;
  for (const core::Batch& batch : group) {
    metrics_.committed(batch);
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
  if (!daemon_) return;
  tell_soon(core::Recorded{recorded_});
  stop_when_recorded();
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
