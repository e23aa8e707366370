// The store of the world: when it commits, and what it tells whom.

#include <algorithm>
#include <utility>

#include "sim/world.h"

namespace takt::sim {

void World::submit(core::Batch batch) {
  store_.submit(std::move(batch));
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
  commit_entered_ = false;
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
    fired(Fault::store_fails);
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
  const std::vector<core::Batch> group = store_.commit();
  for (const core::Batch& batch : group) {
    metrics_.committed(batch);
    witness([&](Checker& checker) { checker.committed(now_, batch); });
  }
  recorded_ = group.back().seq;
  std::erase_if(answers_, [&](const core::Answer& answer) {
    if (answer.after > recorded_) return false;
    witness([&](Checker& checker) { checker.acknowledged(now_, **answer.result); });
    return true;
  });
  if (crash_window_ == CrashWindow::after_commit) {
    fired(Fault::daemon_killed);
    lose_daemon(dice_faults_.around(scenario_.mix.downtime_median, 1.6));
    return;
  }
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
