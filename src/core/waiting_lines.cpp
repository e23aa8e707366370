#include "core/waiting_lines.h"

#include <utility>

#include "base/assert.h"

namespace takt::core {

void WaitingLines::resize(std::size_t pools) {
  heads_.assign(pools + 1, {});
  for (const auto& [key, id] : by_key_) show(id);
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
  const auto line = by_key_.find(key);
  return place != places_.end() && line != by_key_.end() && place->second.line == line->second;
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

void WaitingLines::show(LineId id) {
  const Line& line = lines_[id];
  const Uses& uses = *line.key.uses;
  Head head{.rank = line.head(),
            .length = line.key.length,
            .line = id,
            .priority = line.key.priority,
            .critical = line.key.critical,
            .more = uses.size() > 2};
  for (const Use& use : uses) {
    head.weight = use.weight;
    if (uses.size() > 1) head.other = use.pool == uses[0].pool ? uses[1] : uses[0];
    heads_[use.pool].insert(head, uses, use.pool);
  }
  if (uses.empty()) heads_[none()].insert(head, uses, none());
}

void WaitingLines::hide(LineId id, const Rank& led) {
  const Uses& uses = *lines_[id].key.uses;
  for (const Use& use : uses) heads_[use.pool].erase(led, uses, use.pool);
  if (uses.empty()) heads_[none()].erase(led, uses, none());
}

void WaitingLines::lead(LineId id, const Rank& from) {
  const Line& line = lines_[id];
  const Uses& uses = *line.key.uses;
  for (const Use& use : uses) heads_[use.pool].lead(from, line.head());
  if (uses.empty()) heads_[none()].lead(from, line.head());
}

}  // namespace takt::core
