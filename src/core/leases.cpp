#include "core/leases.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/assert.h"

namespace takt::core {
namespace {

std::size_t place(Priority priority) { return static_cast<std::size_t>(priority); }

}  // namespace

void Leases::Usage::sum() {
  by_class = {};
  for (const Holding& holding : holders) by_class[place(holding.priority)] += holding.weight;
}

int Leases::Usage::used() const { return std::accumulate(by_class.begin(), by_class.end(), 0); }

void Leases::resize(std::vector<PoolSpec> pools) {
  pools_ = std::move(pools);
  usage_.assign(pools_.size(), {});
  for (const auto& [run, lease] : leases_) hold(lease);
}

void Leases::hold(const Lease& lease) {
  for (const Use& use : *lease.uses) {
    TAKT_ASSERT(use.pool < pools_.size(), "a lease names a pool of the fleet");
    Usage& usage = usage_[use.pool];
    const auto at = std::ranges::lower_bound(usage.holders, lease.run, {}, &Holding::run);
    usage.holders.insert(at, {lease.run, use.weight, lease.priority, lease.expected_end});
    usage.sum();
  }
}

void Leases::grant(Lease lease) {
  const RunId run = lease.run;
  const auto [at, fresh] = leases_.emplace(run, std::move(lease));
  TAKT_ASSERT(fresh, "one lease a run");
  hold(at->second);
}

std::optional<Lease> Leases::release(RunId run) {
  auto found = leases_.extract(run);
  if (found.empty()) return std::nullopt;
  for (const Use& use : *found.mapped().uses) {
    Usage& usage = usage_[use.pool];
    std::erase_if(usage.holders, [&](const Holding& holding) { return holding.run == run; });
    usage.sum();
  }
  return std::move(found.mapped());
}

const Lease* Leases::find(RunId run) const {
  const auto found = leases_.find(run);
  return found == leases_.end() ? nullptr : &found->second;
}

int Leases::used_above(PoolIndex pool, Priority priority) const {
  const ByClass& held = usage_[pool].by_class;
  return std::accumulate(held.begin(), held.begin() + static_cast<std::ptrdiff_t>(priority), 0);
}

int Leases::room_beside(const PoolSpec& pool, const ByClass& held, Priority priority) {
  // From the lowest class up: what it and those below it hold may not pass its limit.
  int below = 0;
  int room = pool.slots;
  for (std::size_t at = kClasses; at-- > 0;) {
    below += held[at];
    const auto as_class = static_cast<Priority>(at);
    if (as_class <= priority) room = std::min(room, pool.limit_for(as_class) - below);
  }
  return std::max(room, 0);
}

int Leases::room(PoolIndex pool, Priority priority) const {
  return room_beside(pools_[pool], usage_[pool].by_class, priority);
}

bool Leases::fits(const Uses& uses, Priority priority) const {
  return std::ranges::all_of(
      uses, [&](const Use& use) { return use.weight <= room(use.pool, priority); });
}

Instant Leases::earliest_in(const Use& use, Priority priority, Instant now) const {
  const PoolSpec& pool = pools_[use.pool];
  ByClass held = usage_[use.pool].by_class;
  if (use.weight <= room_beside(pool, held, priority)) return now;
  std::vector<Holding> ends = usage_[use.pool].holders;
  std::ranges::stable_sort(ends, {}, &Holding::expected_end);
  for (const Holding& holding : ends) {
    held[place(holding.priority)] -= holding.weight;
    if (use.weight <= room_beside(pool, held, priority)) return std::max(now, holding.expected_end);
  }
  return Instant::max();
}

Instant Leases::earliest(const Uses& uses, Priority priority, Instant now) const {
  Instant at = now;
  for (const Use& use : uses) at = std::max(at, earliest_in(use, priority, now));
  return at;
}

}  // namespace takt::core
