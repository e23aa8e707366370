// Coming and going: what it changes, and who may have gained by it.

#include "core/admission_queue.h"

#include <utility>

namespace takt::core {
namespace {

/// Without a pool nobody is held, so those are all alike.
LineKey key_of(const Waiter& waiter) {
  if (waiter.uses->empty())
    return {SharedValue<Uses>{}.pointer(), Priority::P0, waiter.critical, Duration{0}};
  return {waiter.uses, waiter.priority, waiter.critical, rounded_up(waiter.length)};
}

}  // namespace

void AdmissionQueue::resize(std::vector<PoolSpec> pools) {
  leases_.resize(std::move(pools));
  lines_.resize(leases_);
  fronts_.resize(leases_.pools().size());
  marks_.mark_all(lines_.pools());
  offered_.reset();
}

void AdmissionQueue::add(const Waiter& waiter) {
  const LineKey key = key_of(waiter);
  const Rank rank{waiter.rank_at, waiter.run};
  offered_.reset();
  // One more that waits holds others at most, so it alone may start; what holds its head, holds it.
  const auto led = lines_.add(key, rank);
  if (!led) return;
  waiting_changed(*key.uses);
  if (!leases_.fits(*key.uses, key.priority)) return;
  if (key.uses->empty() || marks_.has_many_arrivals()) {
    mark(*key.uses, rank);
  } else {
    marks_.arrived({*led, rank});
  }
}

bool AdmissionQueue::remove(RunId run) {
  const auto gone = lines_.remove(run);
  if (!gone) return false;
  waiting_changed(*gone->key.uses);
  mark(*gone->key.uses, gone->rank);  // those behind it may have waited for it
  if (offered_ && offered_->first != gone->rank) offered_.reset();
  return true;
}

void AdmissionQueue::start(const Waiter& waiter, JobIndex job, Instant now) {
  // Who starts by the rule delays nobody of better rank, so only those behind can have gained. What
  // it holds must be what was judged: one that is to stay for longer than it waited for does delay.
  const Rank rank{waiter.rank_at, waiter.run};
  const bool by_rule =
      offered_ == std::pair{rank, now} && lines_.waits_as(waiter.run, key_of(waiter));
  remove(waiter.run);
  offered_.reset();
  if (waiter.uses->empty()) return;
  leases_.grant({waiter.run, job, waiter.uses, waiter.priority, now,
                 saturating_add(now, rounded_up(waiter.length))});
  leases_changed(*waiter.uses);
  mark(*waiter.uses, by_rule ? rank : kBestRank);
}

void AdmissionQueue::release(RunId run) {
  const auto lease = leases_.release(run);
  if (!lease) return;
  leases_changed(*lease->uses);
  mark(*lease->uses, kBestRank);
  offered_.reset();
}

void AdmissionQueue::mark(const Uses& uses, const Rank& from) {
  for (const Use& use : uses) marks_.mark(use.pool, from);
  if (uses.empty()) marks_.mark(no_pool(), from);
}

void AdmissionQueue::leases_changed(const Uses& uses) {
  for (const Use& use : uses) fronts_.leases_changed(use.pool);
}

void AdmissionQueue::waiting_changed(const Uses& uses) {
  for (const Use& use : uses) fronts_.waiting_changed(use.pool);
}

}  // namespace takt::core
