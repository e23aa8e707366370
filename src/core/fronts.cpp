#include "core/fronts.h"

#include <algorithm>
#include <utility>

namespace takt::core {
namespace {

bool is_open(const Scene& scene, PoolIndex pool) {
  return scene.leases.room(pool, Priority::P0) > 0;
}

}  // namespace

void Fronts::resize(std::size_t pools) {
  fronts_.assign(pools, {});
  tied_.resize(pools);
  bars_.assign(pools, {});
  stale_.assign(pools, {});
  listed_.clear();
  laxer_.clear();
  for (PoolIndex pool = 0; pool < pools; ++pool) leases_changed(pool);
}

Fronts::Stale& Fronts::list(PoolIndex pool) {
  Stale& stale = stale_[pool];
  if (!stale.listed) listed_.push_back(pool);
  stale.listed = true;
  return stale;
}

void Fronts::leases_changed(PoolIndex pool) {
  Stale& stale = list(pool);
  stale.leases = true;
  stale.is_told = false;
}

void Fronts::waiting_changed(PoolIndex pool) { list(pool); }

/// Lines that wait for several pools show each what happened to the leases of the others.
void Fronts::note_others(const Scene& scene) {
  for (std::size_t at = 0, count = listed_.size(); at < count; ++at) {
    const PoolIndex pool = listed_[at];
    if (!stale_[pool].leases || std::exchange(stale_[pool].is_told, true)) continue;
    for (const Heads::Tie& tie : scene.lines.of_pool(pool).ties()) {
      if (is_open(scene, tie.pool)) list(tie.pool).others.push_back(pool);
    }
  }
}

void Fronts::bring_up_to_date(const Scene& scene) {
  if (listed_.empty()) return;
  note_others(scene);
  changed_.clear();
  different_.clear();
  for (const PoolIndex pool : listed_) {
    Stale& stale = stale_[pool];
    const Front::Change change = work_out(scene, pool, stale);
    if (change.of_tied) changed_.push_back(pool);
    if (change.of_tiers) different_.push_back(pool);
    stale.listed = false;
    stale.others.clear();
  }
  listed_.clear();
  if (!changed_.empty()) tied_.work_out(fronts_, changed_, different_);
  for (const PoolIndex pool : different_) stale_[pool].is_different = true;
  for (const PoolIndex pool : different_) {  // perhaps named twice
    if (!std::exchange(stale_[pool].is_different, false)) continue;
    const auto from = bars_[pool].work_out(fronts_[pool], tied_.lacking(pool));
    if (from) note_laxer(pool, *from);
  }
}

void Fronts::note_laxer(PoolIndex pool, const Rank& from) {
  Rank& known = stale_[pool].laxer_from;
  if (known == kWorstRank) laxer_.push_back(pool);
  known = std::min(known, from);
}

void Fronts::laxer_seen() {
  for (const PoolIndex pool : laxer_) stale_[pool].laxer_from = kWorstRank;
  laxer_.clear();
}

/// A pool without room is not asked about, and whoever waits for it has no units free: it is left
/// alone until units come back.
Front::Change Fronts::work_out(const Scene& scene, PoolIndex pool, Stale& stale) {
  Front& front = fronts_[pool];
  if (!is_open(scene, pool)) {
    stale.leases = true;
    return front.forget();
  }
  const std::uint64_t firsts = scene.lines.of_pool(pool).version();
  if (!stale.leases && stale.firsts == firsts) {
    return front.work_out_after(scene, pool, stale.others);
  }
  stale.leases = false;
  stale.firsts = firsts;
  return front.work_out(scene, pool);
}

Instant Fronts::earliest_of_held(PoolIndex pool, const Rank& rank, Instant now) const {
  return tied_.lacking_before(pool, rank).value_or(now);
}

}  // namespace takt::core
