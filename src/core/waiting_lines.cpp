#include "core/waiting_lines.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace takt::core {

void WaitingLines::resize(const Leases& leases) {
  const std::size_t pools = leases.pools().size();
  heads_.assign(pools + 1, {});
  alike_.assign(pools, {});
  for (PoolIndex pool = 0; pool < pools; ++pool) {
    for (std::size_t at = 0; at < kClasses; ++at) {
      alike_[pool][at] = leases.alike(pool, static_cast<Priority>(at));
    }
  }
  // By their numbers: the index has no order that a replay could rely on.
  for (LineId id = 0; id < lines_.size(); ++id) {
    if (!lines_[id].ranks.empty()) show(id);
  }
}

std::optional<LineId> WaitingLines::add(const LineKey& key, const Rank& rank) {
  const LineId id = line_of(key);
  const bool fresh = places_.emplace(rank.run, Place{id, rank}).second;
  TAKT_ASSERT(fresh, "a run waits once");
  std::set<Rank>& ranks = lines_[id].ranks;
  if (ranks.empty()) {
    ranks.insert(rank);
    show(id);
    return id;
  }
  const Rank led = *ranks.begin();
  ranks.insert(rank);
  if (led < rank) return std::nullopt;
  lead(id, led);
  return id;
}

std::optional<WaitingLines::Gone> WaitingLines::remove(RunId run) {
  const auto found = places_.find(run);
  if (found == places_.end()) return std::nullopt;
  const auto [id, rank] = found->second;
  places_.erase(found);
  Line& line = lines_[id];
  const bool led = line.head() == rank;
  line.ranks.erase(rank);
  Gone gone{line.key, rank};
  if (line.ranks.empty()) {
    hide(id, rank);
    by_key_.erase(gone.key);
    free_.push_back(id);
  } else if (led) {
    lead(id, rank);
  }
  return gone;
}

bool WaitingLines::waits_as(RunId run, const LineKey& key) const {
  const auto place = places_.find(run);
  return place != places_.end() && lines_[place->second.line].key == key;
}

LineId WaitingLines::line_of(const LineKey& key) {
  const auto [at, fresh] = by_key_.try_emplace(key, static_cast<LineId>(lines_.size()));
  if (!fresh) return at->second;
  if (free_.empty()) {
    lines_.push_back({key, {}});
  } else {
    at->second = free_.back();
    free_.pop_back();
    lines_[at->second].key = key;
  }
  return at->second;
}

Heads::Entry WaitingLines::entry(LineId id, const Rank& rank, PoolIndex pool) const {
  const LineKey& key = lines_[id].key;
  const Uses& uses = *key.uses;
  Heads::Entry entry{.rank = rank, .length = key.length, .line = id, .key = {}};
  entry.priority = key.priority;
  entry.key.priority = Priority::P0;
  entry.key.critical = key.critical;
  entry.key.more = uses.size() > 2;
  for (const Use& use : uses) {
    const Priority alike = alike_[use.pool][static_cast<std::size_t>(key.priority)];
    entry.key.priority = std::max(entry.key.priority, alike);
    if (use.pool == pool) {
      entry.key.weight = use.weight;
    } else if (uses.size() == 2) {
      entry.key.other = use;
    }
  }
  return entry;
}

template <class Do>
void WaitingLines::each_pool(LineId id, Do&& what) {
  const Uses& uses = *lines_[id].key.uses;
  for (const Use& use : uses) what(uses, use.pool);
  if (uses.empty()) what(uses, none());
}

void WaitingLines::show(LineId id) {
  each_pool(id, [&](const Uses& uses, PoolIndex pool) {
    heads_[pool].insert(entry(id, lines_[id].head(), pool), uses, pool);
  });
}

void WaitingLines::hide(LineId id, const Rank& led) {
  each_pool(id, [&](const Uses& uses, PoolIndex pool) {
    heads_[pool].erase(entry(id, led, pool), uses, pool);
  });
}

void WaitingLines::lead(LineId id, const Rank& from) {
  each_pool(id, [&](const Uses& /*uses*/, PoolIndex pool) {
    heads_[pool].lead(entry(id, from, pool), lines_[id].head());
  });
}

}  // namespace takt::core
