#include "core/leases.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

#include "base/assert.h"

namespace takt::core {
namespace {

std::size_t place(Priority priority) { return static_cast<std::size_t>(priority); }

}  // namespace

void Leases::sum(PoolIndex pool) {
  Usage& usage = usage_[pool];
  usage.by_class = {};
  for (const Holding& holding : usage.holders) {
    usage.by_class[place(holding.priority)] += holding.weight;
  }
  for (std::size_t at = 0; at < kClasses; ++at) {
    usage.room[at] = room_beside(usage.limits, usage.by_class, static_cast<Priority>(at));
    usage.free_at[at].clear();
  }
  usage.ends.clear();
}

int Leases::Usage::used() const { return std::accumulate(by_class.begin(), by_class.end(), 0); }

void Leases::resize(std::vector<PoolSpec> pools) {
  pools_ = std::move(pools);
  usage_.assign(pools_.size(), {});
  for (PoolIndex pool = 0; pool < pools_.size(); ++pool) {
    Usage& usage = usage_[pool];
    for (std::size_t at = 0; at < kClasses; ++at) {
      usage.limits[at] = pools_[pool].limit_for(static_cast<Priority>(at));
    }
    for (std::size_t at = 0; at < kClasses; ++at) {
      const bool ends = at + 1 == kClasses || usage.limits[at] > usage.limits[at + 1];
      if (ends) usage.tiers |= 1U << at;
      const auto first = std::ranges::find(usage.limits, usage.limits[at]);
      usage.alike[at] = static_cast<Priority>(first - usage.limits.begin());
    }
    sum(pool);
  }
  for (const auto& [run, lease] : leases_) hold(lease);
}

void Leases::hold(const Lease& lease) {
  for (const Use& use : *lease.uses) {
    TAKT_ASSERT(use.pool < pools_.size(), "a lease names a pool of the fleet");
    Usage& usage = usage_[use.pool];
    const auto at = std::ranges::lower_bound(usage.holders, lease.run, {}, &Holding::run);
    usage.holders.insert(at, {lease.run, use.weight, lease.priority, lease.expected_end});
    sum(use.pool);
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
    sum(use.pool);
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

int Leases::room_beside(const ByClass& limits, const ByClass& held, Priority priority) {
  // From the lowest class up: what it and those below it hold may not pass its limit.
  int below = 0;
  int room = limits.front();
  for (std::size_t at = kClasses; at-- > 0;) {
    below += held[at];
    if (at <= place(priority)) room = std::min(room, limits[at] - below);
  }
  return std::max(room, 0);
}

constexpr unsigned kAllClasses = (1U << kClasses) - 1;

Leases::ClassSet Leases::untouched_by(const Use& use, Priority priority) const {
  const Usage& usage = usage_[use.pool];
  if (std::has_single_bit(usage.tiers)) return 0;  // nothing is kept from anybody
  const ByClass& limits = usage.limits;
  ClassSet untouched = 0;
  for (std::size_t below = place(priority) + 1; below < kClasses; ++below) {
    // What the class may have is limited by its own reserves and those of the classes above it; it
    // must not be the one that this run takes part in that limits it most.
    int above = use.weight;
    bool spares = true;
    for (std::size_t at = below; at-- > 0;) {
      above += usage.by_class[at];
      if (at <= place(priority)) spares = spares && above <= limits[at] - limits[below];
    }
    // Units that are beyond what some class and those below it may have are beyond theirs as well.
    if (spares) untouched |= kAllClasses << below & kAllClasses;
  }
  return untouched;
}

bool Leases::fits(const Uses& uses, Priority priority) const {
  return std::ranges::all_of(
      uses, [&](const Use& use) { return use.weight <= room(use.pool, priority); });
}

bool Leases::Demand::add(Priority priority, int weight) {
  // The limits of this class and of those above it are the ones that it counts for.
  held_[place(priority)] += weight;
  wants_[place(priority)] = true;
  int below = 0;
  bool wants = false;
  for (std::size_t at = kClasses; at-- > 0;) {
    below += held_[at];
    wants = wants || wants_[at];
    if (wants && below > limits_[at]) return false;
  }
  return true;
}

const Leases::FreeAt& Leases::free_at(PoolIndex index, Priority priority) const {
  const Usage& usage = usage_[index];
  priority = usage.alike[place(priority)];
  FreeAt& free_at = usage.free_at[place(priority)];
  if (!free_at.empty()) return free_at;
  std::vector<Holding>& ends = usage.ends;
  if (ends.empty()) {
    ends = usage.holders;
    std::ranges::sort(ends, {}, &Holding::expected_end);
  }
  ByClass held = usage.by_class;
  free_at.assign(static_cast<std::size_t>(usage.room[place(priority)]), Instant::min());
  for (const Holding& holding : ends) {
    held[place(holding.priority)] -= holding.weight;
    const auto room = static_cast<std::size_t>(room_beside(usage.limits, held, priority));
    free_at.resize(std::max(free_at.size(), room), holding.expected_end);
  }
  free_at.push_back(Instant::max());
  return free_at;
}

Instant Leases::earliest_in(const Use& use, Priority priority, Instant now) const {
  const FreeAt& at = free_at(use.pool, priority);
  return std::max(now, at[std::min(static_cast<std::size_t>(use.weight), at.size()) - 1]);
}

Instant Leases::earliest(const Uses& uses, Priority priority, Instant now) const {
  Instant at = now;
  for (const Use& use : uses) at = std::max(at, earliest_in(use, priority, now));
  return at;
}

}  // namespace takt::core
