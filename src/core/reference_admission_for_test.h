#pragma once
// ReferenceAdmission: the rule as admission_queue.h states it, run by run and from scratch. Slow and
// obvious, for a hundred runs at most.

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "core/admission_queue.h"

namespace takt::core {

/// One in nine stays for longer than it waited for, as when more is known of its job meanwhile.
inline Waiter as_it_starts(Waiter w) {
  if (w.run.value % 9 == 0) w.length *= 3;
  return w;
}

inline Lease lease_of(const Waiter& w, Instant now) {
  return {w.run, 0, w.uses, w.priority, now, now + rounded_up(w.length)};
}

class ReferenceAdmission {
 public:
  ReferenceAdmission(std::vector<PoolSpec> pools, const std::map<int, Lease>& held,
                     std::vector<Waiter> waiting, Instant now)
      : now_(now), waiting_(std::move(waiting)) {
    leases_.resize(std::move(pools));
    for (const auto& [run, lease] : held) leases_.grant(lease);
    std::ranges::sort(waiting_, {}, [](const Waiter& w) { return Rank{w.rank_at, w.run}; });
  }

  /// Whoever starts now, in that order.
  std::vector<int> started() {
    std::vector<int> runs;
    for (std::size_t i = 0; i < waiting_.size();) {
      if (!may_start(i)) {
        ++i;
        continue;
      }
      const Waiter w = waiting_[i];
      runs.push_back(static_cast<int>(w.run.value));
      waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
      leases_.grant(lease_of(as_it_starts(w), now_));
      i = 0;  // whom it held before may pass now
    }
    return runs;
  }

 private:
  static int weight(const Waiter& w, PoolIndex pool) {
    int sum = 0;
    for (const Use& use : *w.uses) sum += use.pool == pool ? use.weight : 0;
    return sum;
  }

  bool may_start(std::size_t i) const {
    if (!leases_.fits(*waiting_[i].uses, waiting_[i].priority)) return false;
    for (std::size_t b = 0; b < i; ++b) {
      if (delays(i, b)) return false;
    }
    return true;
  }

  bool delays(std::size_t r, std::size_t b) const {
    bool shares = false;
    bool clear = true;
    for (PoolIndex pool = 0; pool < leases_.pools().size(); ++pool) {
      if (weight(waiting_[r], pool) == 0 || weight(waiting_[b], pool) == 0) continue;
      shares = true;
      clear = clear && (takes_what_is_kept(r, b, pool) || room_for_all(r, pool));
    }
    if (!shares || clear) return false;
    return now_ + rounded_up(waiting_[r].length) > earliest(b, r);
  }

  /// Some class down to the other's could still hold all that it may, beside this one and whoever is
  /// above that class.
  bool takes_what_is_kept(std::size_t r, std::size_t b, PoolIndex pool) const {
    const Waiter& run = waiting_[r];
    const PoolSpec& spec = leases_.pools()[pool];
    for (int kept_from = static_cast<int>(run.priority) + 1;
         kept_from <= static_cast<int>(waiting_[b].priority); ++kept_from) {
      const auto below = static_cast<Priority>(kept_from);
      bool has_room = true;
      for (int at = 0; at <= static_cast<int>(run.priority); ++at) {
        const auto above = static_cast<Priority>(at);
        const int held = leases_.used_above(pool, below) - leases_.used_above(pool, above);
        has_room &= held + weight(run, pool) <= spec.limit_for(above) - spec.limit_for(below);
      }
      if (has_room) return true;
    }
    return false;
  }

  bool room_for_all(std::size_t r, PoolIndex pool) const {
    for (int at = 0; at < 4; ++at) {
      const auto as_class = static_cast<Priority>(at);
      int wanted = 0;
      for (std::size_t i = 0; i <= r; ++i) {
        if (waiting_[i].priority >= as_class) wanted += weight(waiting_[i], pool);
      }
      const int held = leases_.used(pool) - leases_.used_above(pool, as_class);
      if (wanted > 0 && held + wanted > leases_.pools()[pool].limit_for(as_class)) return false;
    }
    return true;
  }

  bool fits(std::size_t i) const { return leases_.fits(*waiting_[i].uses, waiting_[i].priority); }

  /// The start of b, as far as those that rank better than r let it be known.
  Instant earliest(std::size_t b, std::size_t r) const {
    if (!fits(b)) return leases_.earliest(*waiting_[b].uses, waiting_[b].priority, now_);
    const std::set<PoolIndex> pools = tied_to(b, r);
    std::optional<Instant> first;
    for (std::size_t c = 0; c < r; ++c) {
      if (fits(c) || !waits_for_any(c, pools)) continue;
      const Instant at = leases_.earliest(*waiting_[c].uses, waiting_[c].priority, now_);
      first = std::min(first.value_or(Instant::max()), at);
    }
    return first.value_or(now_);
  }

  bool waits_for_any(std::size_t i, const std::set<PoolIndex>& pools) const {
    return std::ranges::any_of(*waiting_[i].uses,
                               [&](const Use& use) { return pools.contains(use.pool); });
  }

  /// Pools of b, and those tied to them by runs that rank better than r and whose units are free.
  std::set<PoolIndex> tied_to(std::size_t b, std::size_t r) const {
    std::set<PoolIndex> pools;
    for (const Use& use : *waiting_[b].uses) pools.insert(use.pool);
    for (std::size_t before = 0; before != pools.size();) {
      before = pools.size();
      for (std::size_t d = 0; d < r; ++d) {
        if (!fits(d) || !waits_for_any(d, pools)) continue;
        for (const Use& use : *waiting_[d].uses) pools.insert(use.pool);
      }
    }
    return pools;
  }

  Leases leases_;
  Instant now_;
  std::vector<Waiter> waiting_;
};

}  // namespace takt::core
