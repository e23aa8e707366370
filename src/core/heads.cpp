#include "core/heads.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace takt::core {
namespace {

using ByLength = Heads::ByLength;

/// Puts what has the rank `from` where `to` belongs; those between make room.
template <class T>
void move(std::vector<T>& all, const Rank& from, const Rank& to, Rank T::* rank) {
  const auto old = std::ranges::lower_bound(all, from, {}, rank);
  TAKT_ASSERT(old != all.end() && (*old).*rank == from, "what waits is in its place");
  const auto target = std::ranges::lower_bound(all, to, {}, rank);
  T moved = *old;
  moved.*rank = to;
  if (target <= old) {
    std::move_backward(target, old, old + 1);
    *target = moved;
  } else {
    std::move(old + 1, target, old);
    *(target - 1) = moved;
  }
}

template <class T>
void erase_from(std::vector<T>& all, const Rank& at, Rank T::* rank) {
  const auto place = std::ranges::lower_bound(all, at, {}, rank);
  TAKT_ASSERT(place != all.end() && (*place).*rank == at, "what waits is in its place");
  all.erase(place);
}

std::vector<ByLength>::iterator place_of(std::vector<ByLength>& lines, const Heads::Entry& entry) {
  const auto first = std::ranges::lower_bound(lines, entry.length, {}, &ByLength::length);
  return std::ranges::find(first, lines.end(), entry.line, &ByLength::line);
}

}  // namespace

void Heads::insert(const Entry& entry, const Uses& uses, PoolIndex own) {
  const KindKey& key = entry.key;
  heads_.insert(std::ranges::lower_bound(heads_, entry.rank, {}, &Head::rank),
                {entry.rank, entry.line, key.weight, entry.priority, key.critical});
  const KindId id = find_or_add(entry);
  Kind& kind = kinds_[id];
  const auto behind = std::ranges::upper_bound(kind.lines, entry.length, {}, &ByLength::length);
  kind.lines.insert(behind, {entry.length, entry.rank, entry.line});
  kind.shortest = kind.lines.front().length;
  if (kind.lines.size() > 1) {
    if (entry.rank < kind.best) set_best(id, entry.rank);
    return;
  }
  kind.best = entry.rank;
  by_best_.insert(std::ranges::lower_bound(by_best_, entry.rank, {}, &ByBest::best),
                  {entry.rank, id});
  tie(id, uses, own);
  ++version_;
}

void Heads::erase(const Entry& entry, const Uses& uses, PoolIndex own) {
  erase_from(heads_, entry.rank, &Head::rank);
  const KindId id = find(entry);
  Kind& kind = kinds_[id];
  kind.lines.erase(place_of(kind.lines, entry));
  if (!kind.lines.empty()) {
    kind.shortest = kind.lines.front().length;
    if (entry.rank == kind.best)
      set_best(id, std::ranges::min_element(kind.lines, {}, &ByLength::rank)->rank);
    return;
  }
  erase_from(by_best_, kind.best, &ByBest::best);
  untie(id, uses, own);
  ++version_;
  keys_[id].weight = -1;  // nobody's
  free_.push_back(id);
}

void Heads::lead(const Entry& entry, const Rank& to) {
  move(heads_, entry.rank, to, &Head::rank);
  const KindId id = find(entry);
  Kind& kind = kinds_[id];
  place_of(kind.lines, entry)->rank = to;
  if (to < kind.best) {
    set_best(id, to);
  } else if (entry.rank == kind.best) {
    set_best(id, std::ranges::min_element(kind.lines, {}, &ByLength::rank)->rank);
  }
}

/// A line that waits for more than two pools is told apart by its number.
KindId Heads::find(const Entry& entry) const {
  for (auto at = keys_.begin();; ++at) {
    at = std::ranges::find(at, keys_.end(), entry.key);
    if (at == keys_.end()) return static_cast<KindId>(keys_.size());
    const auto id = static_cast<KindId>(at - keys_.begin());
    if (!entry.key.more || kinds_[id].lines.front().line == entry.line) return id;
  }
}

KindId Heads::find_or_add(const Entry& entry) {
  KindId id = find(entry);
  if (id < keys_.size()) return id;
  if (!free_.empty()) {
    id = free_.back();
    free_.pop_back();
  } else {
    keys_.emplace_back();
    kinds_.emplace_back();
  }
  keys_[id] = entry.key;
  return id;
}

void Heads::set_best(KindId kind, const Rank& best) {
  move(by_best_, kinds_[kind].best, best, &ByBest::best);
  kinds_[kind].best = best;
  ++version_;
}

void Heads::tie(KindId kind, const Uses& uses, PoolIndex own) {
  for (const Use& use : uses) {
    if (use.pool == own) continue;
    const auto known = std::ranges::find(ties_, use.pool, &Tie::pool);
    if (known == ties_.end()) {
      ties_.push_back({use.pool, {kind}});
    } else {
      known->kinds.push_back(kind);
    }
  }
}

void Heads::untie(KindId kind, const Uses& uses, PoolIndex own) {
  for (const Use& use : uses) {
    if (use.pool == own) continue;
    const auto known = std::ranges::find(ties_, use.pool, &Tie::pool);
    std::erase(known->kinds, kind);
    if (!known->kinds.empty()) continue;
    if (known != ties_.end() - 1) *known = std::move(ties_.back());
    ties_.pop_back();
  }
}

}  // namespace takt::core
