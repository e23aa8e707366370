#include "core/front.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace takt::core {

const std::vector<Lacking>& Front::lacking() const {
  static const std::vector<Lacking> nobody;
  return tiers_.empty() ? nobody : tiers_.back().lacking;
}

Front::Change Front::forget() {
  const Change change{.of_tiers = !tiers_.empty(), .of_tied = !lacking().empty() || !ties_.empty()};
  outlooks_.clear();
  fitting_.clear();
  tiers_.clear();
  ties_.clear();
  return change;
}

Front::Change Front::work_out(const Scene& scene, PoolIndex pool) {
  outlooks_.clear();
  const Heads& heads = scene.lines.of_pool(pool);
  places_.assign(heads.kinds(), kNowhere);
  for (const auto& [best, kind] : heads.by_best()) {
    const KindKey& key = heads.key(kind);
    if (!scene.counts(key.critical)) continue;
    places_[kind] = static_cast<std::uint32_t>(outlooks_.size());
    Outlook& outlook = outlooks_.emplace_back();
    outlook.rank = best;
    outlook.other = key.more ? kSeveral : key.is_alone() ? kNoOther : key.other.pool;
    outlook.kind = kind;
    outlook.priority = key.priority;
    look_out(scene, pool, outlook);
  }
  return go_down(scene, pool);
}

Front::Change Front::work_out_after(const Scene& scene, PoolIndex pool,
                                    std::span<const PoolIndex> others) {
  bool changed = false;
  for (const Heads::Tie& tie : scene.lines.of_pool(pool).ties()) {
    if (std::ranges::find(others, tie.pool) == others.end()) continue;
    for (const KindId kind : tie.kinds) {
      if (places_[kind] == kNowhere) continue;
      changed |= look_out(scene, pool, outlooks_[places_[kind]]);
    }
  }
  return changed ? go_down(scene, pool) : Change{};
}

bool Front::look_out(const Scene& scene, PoolIndex pool, Outlook& outlook) {
  const Leases& leases = scene.leases;
  const Heads& heads = scene.lines.of_pool(pool);
  const KindKey& key = heads.key(outlook.kind);
  bool fits = false;
  Instant earliest = Instant::min();
  if (key.more) {
    const Uses& uses = *scene.lines.line(heads.kind(outlook.kind).lines.front().line).key.uses;
    fits = leases.fits(uses, key.priority);
    if (!fits) earliest = leases.earliest(uses, key.priority, earliest);
  } else {
    fits = key.weight <= leases.room(pool, key.priority) &&
           (key.is_alone() || key.other.weight <= leases.room(key.other.pool, key.priority));
    if (!fits) {
      earliest = leases.earliest_in({pool, key.weight}, key.priority, earliest);
      if (!key.is_alone()) earliest = leases.earliest_in(key.other, key.priority, earliest);
    }
  }
  const bool changed = fits != outlook.fits || earliest != outlook.earliest;
  outlook.fits = fits;
  outlook.earliest = earliest;
  return changed;
}

inline void Front::tie_to(PoolIndex pool, const Rank& rank) {
  const std::uint64_t bit = std::uint64_t{1} << (pool % 64);
  if ((may_be_tied_ & bit) != 0) {
    for (const Tie& tie : ties_) {
      if (tie.pool == pool) return;
    }
  }
  may_be_tied_ |= bit;
  ties_.push_back({rank, pool});
}

/// What holds the first of a kind holds the others, so those alone are gone over.
Front::Change Front::go_down(const Scene& scene, PoolIndex pool) {
  begin(scene, pool);
  for (Tier& tier : tiers_) go_down(tier);
  for (std::uint32_t at = 0; at < outlooks_.size(); ++at) {
    const Outlook& outlook = outlooks_[at];
    if (!outlook.fits) continue;
    fitting_.push_back(at);
    if (outlook.other == kNoOther) continue;
    if (outlook.other == kSeveral) {
      tie_to_all(scene, outlook, pool);
    } else {
      tie_to(outlook.other, outlook.rank);
    }
  }
  Change change;
  change.of_tiers = tiers_ != tiers_before_;
  const bool of_lacking = tiers_before_.empty() || tiers_before_.back().lacking != lacking();
  change.of_tied = of_lacking || ties_ != ties_before_;
  return change;
}

void Front::begin(const Scene& scene, PoolIndex pool) {
  std::swap(tiers_, tiers_before_);
  std::swap(ties_, ties_before_);
  ties_.clear();
  fitting_.clear();
  may_be_tied_ = 0;
  const Leases::ClassSet tiers = scene.leases.tiers(pool);
  tiers_.resize(static_cast<std::size_t>(std::popcount(tiers)));
  std::size_t at = 0;
  for (unsigned lowest = 0; lowest < kClasses; ++lowest) {
    if ((tiers >> lowest & 1U) == 0) continue;
    Tier& tier = tiers_[at++];
    tier.lowest = static_cast<Priority>(lowest);
    tier.lacking.clear();
    tier.first_held = kWorstRank;
  }
}

void Front::go_down(Tier& tier) const {
  bool is_held = false;
  bool lacks = false;
  Instant earliest;
  for (const Outlook& outlook : outlooks_) {
    if (outlook.priority > tier.lowest) continue;
    if (outlook.fits) {
      if (!is_held) tier.first_held = outlook.rank;
      is_held = true;
    } else if (!lacks || outlook.earliest < earliest) {
      lacks = true;
      earliest = outlook.earliest;
      tier.lacking.push_back({outlook.rank, earliest});
    }
  }
}

void Front::tie_to_all(const Scene& scene, const Outlook& outlook, PoolIndex own) {
  const LineId line = scene.lines.of_pool(own).kind(outlook.kind).lines.front().line;
  for (const Use& use : *scene.lines.line(line).key.uses) {
    if (use.pool != own) tie_to(use.pool, outlook.rank);
  }
}

}  // namespace takt::core
