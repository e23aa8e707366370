#include "sim/reference_admission.h"

#include <algorithm>
#include <utility>

namespace takt::sim {
namespace {

int weight(const std::vector<core::Use>& units, core::PoolIndex pool) {
  int sum = 0;
  for (const core::Use& use : units) sum += use.pool == pool ? use.weight : 0;
  return sum;
}

std::size_t place(core::Priority priority) { return static_cast<std::size_t>(priority); }

}  // namespace

ReferenceAdmission::ReferenceAdmission(const std::vector<core::PoolSpec>& pools,
                                       std::vector<Held> held, std::vector<Candidate> waiting,
                                       Instant now)
    : pools_(pools), held_(std::move(held)), waiting_(std::move(waiting)), now_(now) {
  std::ranges::sort(held_, {}, &Held::expected_end);
  sort();
}

void ReferenceAdmission::sort() {
  std::ranges::sort(waiting_, {}, [](const Candidate& c) { return std::pair{c.rank, c.run}; });
}

void ReferenceAdmission::join(const std::vector<Candidate>& more) {
  waiting_.insert(waiting_.end(), more.begin(), more.end());
  sort();
}

std::vector<RunId> ReferenceAdmission::started(int room) {
  std::vector<RunId> runs;
  for (std::size_t i = 0; i < waiting_.size() && std::ssize(runs) < room;) {
    if (!may_start(i)) {
      ++i;
      continue;
    }
    const Candidate one = waiting_[i];
    runs.push_back(one.run);
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
    const Instant end = saturating_add(now_, one.length);
    held_.insert(std::ranges::upper_bound(held_, end, {}, &Held::expected_end),
                 {one.units, one.priority, end});
    i = 0;  // whom it held before may pass now
  }
  return runs;
}

int ReferenceAdmission::limit(core::PoolIndex pool, std::size_t as_class) const {
  int units = pools_[pool].slots;
  for (std::size_t better = 0; better < as_class; ++better) units -= pools_[pool].reserve[better];
  return std::max(units, 0);
}

int ReferenceAdmission::held_below(core::PoolIndex pool, std::size_t as_class,
                                   std::span<const Held> by) {
  int units = 0;
  for (const Held& held : by) {
    if (place(held.priority) >= as_class) units += weight(*held.units, pool);
  }
  return units;
}

/// Beside these holders.
bool ReferenceAdmission::fits(const Candidate& one, core::PoolIndex pool,
                              std::span<const Held> beside) const {
  for (std::size_t as_class = 0; as_class <= place(one.priority); ++as_class) {
    const int held = held_below(pool, as_class, beside);
    if (held + weight(*one.units, pool) > limit(pool, as_class)) return false;
  }
  return true;
}

bool ReferenceAdmission::fits(const Candidate& one) const {
  return std::ranges::all_of(*one.units,
                             [&](const core::Use& use) { return fits(one, use.pool, held_); });
}

/// When its units of the pool could be had if nothing else started and every holder ended as expected;
/// one that is beyond it may end any moment.
Instant ReferenceAdmission::units_free_at(const Candidate& one, core::PoolIndex pool) const {
  for (std::size_t gone = 0; gone <= held_.size(); ++gone) {
    if (!fits(one, pool, std::span{held_}.subspan(gone))) continue;
    return gone == 0 ? now_ : std::max(now_, held_[gone - 1].expected_end);
  }
  return Instant::max();
}

bool ReferenceAdmission::may_start(std::size_t i) const {
  if (!fits(waiting_[i])) return false;
  for (std::size_t b = 0; b < i; ++b) {
    if (delays(i, b)) return false;
  }
  return true;
}

bool ReferenceAdmission::delays(std::size_t r, std::size_t b) const {
  bool shares = false;
  bool is_clear = true;
  for (const core::Use& use : *waiting_[r].units) {
    if (weight(*waiting_[b].units, use.pool) == 0) continue;
    shares = true;
    is_clear = is_clear && (takes_what_is_kept(r, b, use.pool) || has_room_for_all(r, use.pool));
  }
  if (!shares || is_clear) return false;
  return saturating_add(now_, waiting_[r].length) > earliest(b, r);
}

/// Some class, the other's own or one between the two, could hold all that it may ever hold beside the
/// run and those above that class: what the run takes is kept from them, and so from the other.
bool ReferenceAdmission::takes_what_is_kept(std::size_t r, std::size_t b,
                                            core::PoolIndex pool) const {
  const std::size_t mine = place(waiting_[r].priority);
  for (std::size_t kept_from = mine + 1; kept_from <= place(waiting_[b].priority); ++kept_from) {
    bool has_room = true;
    for (std::size_t above = 0; above <= mine; ++above) {
      const int held = held_below(pool, above, held_) - held_below(pool, kept_from, held_);
      const int kept = limit(pool, above) - limit(pool, kept_from);
      has_room = has_room && held + weight(*waiting_[r].units, pool) <= kept;
    }
    if (has_room) return true;
  }
  return false;
}

bool ReferenceAdmission::has_room_for_all(std::size_t r, core::PoolIndex pool) const {
  for (std::size_t as_class = 0; as_class < core::kClasses; ++as_class) {
    int wanted = 0;
    for (std::size_t i = 0; i <= r; ++i) {
      if (place(waiting_[i].priority) >= as_class) wanted += weight(*waiting_[i].units, pool);
    }
    if (wanted > 0 && held_below(pool, as_class, held_) + wanted > limit(pool, as_class))
      return false;
  }
  return true;
}

/// Pools of `b`, and those tied to them by runs of better rank than `r` whose units are free.
std::set<core::PoolIndex> ReferenceAdmission::tied_to(std::size_t b, std::size_t r) const {
  std::set<core::PoolIndex> pools;
  for (const core::Use& use : *waiting_[b].units) pools.insert(use.pool);
  for (std::size_t before = 0; before != pools.size();) {
    before = pools.size();
    for (std::size_t d = 0; d < r; ++d) {
      if (!wants_any(d, pools) || !fits(waiting_[d])) continue;
      for (const core::Use& use : *waiting_[d].units) pools.insert(use.pool);
    }
  }
  return pools;
}

bool ReferenceAdmission::wants_any(std::size_t i, const std::set<core::PoolIndex>& pools) const {
  return std::ranges::any_of(*waiting_[i].units,
                             [&](const core::Use& use) { return pools.contains(use.pool); });
}

Instant ReferenceAdmission::units_free_at(const Candidate& one) const {
  Instant at = now_;
  for (const core::Use& use : *one.units) at = std::max(at, units_free_at(one, use.pool));
  return at;
}

/// The start of `b`, as far as those that rank better than `r` let it be known: when its units come
/// free, or, where they are and others hold it, when those come free for the first who lacks some.
Instant ReferenceAdmission::earliest(std::size_t b, std::size_t r) const {
  if (!fits(waiting_[b])) return units_free_at(waiting_[b]);
  const std::set<core::PoolIndex> pools = tied_to(b, r);
  std::optional<Instant> first;
  for (std::size_t c = 0; c < r; ++c) {
    if (!wants_any(c, pools) || fits(waiting_[c])) continue;
    first = std::min(first.value_or(Instant::max()), units_free_at(waiting_[c]));
  }
  return first.value_or(now_);
}

}  // namespace takt::sim
