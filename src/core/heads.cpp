#include "core/heads.h"

#include <algorithm>

#include "base/assert.h"

namespace takt::core {

void Heads::insert(const Head& head, const Uses& uses, PoolIndex own) {
  heads_.insert(std::ranges::lower_bound(heads_, head.rank, {}, &Head::rank), head);
  edit(head, uses, own, [&](std::vector<ByLength>& lines) {
    const auto behind = std::ranges::upper_bound(lines, head.length, {}, &ByLength::length);
    lines.insert(behind, {head.length, head.rank, head.line});
  });
}

void Heads::erase(const Rank& rank, const Uses& uses, PoolIndex own) {
  const auto gone = at(rank);
  edit(*gone, uses, own, [&](std::vector<ByLength>& lines) {
    const auto first = std::ranges::lower_bound(lines, gone->length, {}, &ByLength::length);
    lines.erase(std::ranges::find(first, lines.end(), gone->line, &ByLength::line));
  });
  heads_.erase(gone);
}

void Heads::lead(const Rank& from, const Rank& to, const Uses& uses, PoolIndex own) {
  const auto old = at(from);
  Head head = *old;
  head.rank = to;
  edit(head, uses, own, [&](std::vector<ByLength>& lines) {
    const auto first = std::ranges::lower_bound(lines, head.length, {}, &ByLength::length);
    std::ranges::find(first, lines.end(), head.line, &ByLength::line)->rank = to;
  });
  const auto target = std::ranges::lower_bound(heads_, to, {}, &Head::rank);
  if (target <= old) {
    std::move_backward(target, old, old + 1);
    *target = head;
  } else {
    std::move(old + 1, target, old);
    *(target - 1) = head;
  }
}

std::vector<Head>::iterator Heads::at(const Rank& rank) {
  const auto found = std::ranges::lower_bound(heads_, rank, {}, &Head::rank);
  TAKT_ASSERT(found != heads_.end() && found->rank == rank, "a line shows its head");
  return found;
}

std::vector<Heads::ByLength>& Heads::of_kind(const Head& head) {
  for (Kind& kind : kinds_) {
    if (kind.priority == head.priority && kind.weight == head.weight) return kind.lines;
  }
  return kinds_.emplace_back(Kind{head.priority, head.weight, {}}).lines;
}

std::vector<Heads::ByLength>& Heads::of_tie(PoolIndex pool) {
  for (Tie& tie : ties_) {
    if (tie.pool == pool) return tie.lines;
  }
  return ties_.emplace_back(Tie{pool, {}}).lines;
}

/// In each list by length that the line is in.
template <class Change>
void Heads::edit(const Head& head, const Uses& uses, PoolIndex own, Change change) {
  if (head.is_alone()) return change(of_kind(head));
  for (const Use& use : uses) {
    if (use.pool != own) change(of_tie(use.pool));
  }
}

}  // namespace takt::core
