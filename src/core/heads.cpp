#include "core/heads.h"

#include <algorithm>

#include "base/assert.h"

namespace takt::core {
namespace {

using ByLength = Heads::ByLength;

void put(std::vector<Head>& heads, const Head& head) {
  heads.insert(std::ranges::lower_bound(heads, head.rank, {}, &Head::rank), head);
}

std::vector<Head>::iterator place_of(std::vector<Head>& heads, const Rank& rank) {
  const auto found = std::ranges::lower_bound(heads, rank, {}, &Head::rank);
  TAKT_ASSERT(found != heads.end() && found->rank == rank, "a line shows its head");
  return found;
}

/// From the place of the old rank to that of the new one; those between make room.
void move(std::vector<Head>& heads, const Rank& from, const Head& head) {
  const auto old = place_of(heads, from);
  const auto target = std::ranges::lower_bound(heads, head.rank, {}, &Head::rank);
  if (target <= old) {
    std::move_backward(target, old, old + 1);
    *target = head;
  } else {
    std::move(old + 1, target, old);
    *(target - 1) = head;
  }
}

void put(std::vector<ByLength>& lines, const Head& head) {
  const auto behind = std::ranges::upper_bound(lines, head.length, {}, &ByLength::length);
  lines.insert(behind, {head.length, head.rank, head.line});
}

std::vector<ByLength>::iterator place_of(std::vector<ByLength>& lines, const Head& head) {
  const auto first = std::ranges::lower_bound(lines, head.length, {}, &ByLength::length);
  return std::ranges::find(first, lines.end(), head.line, &ByLength::line);
}

}  // namespace

void Heads::insert(const Head& head, const Uses& uses, PoolIndex own) {
  put(heads_, head);
  count_ties(uses, own, 1);
  if (head.more) {
    put(firsts_, head);
    put(wide_, head);
    return;
  }
  Kind& kind = of_kind(head);
  put(kind.lines, head);
  if (kind.lines.size() == 1) {
    kind.best = head.rank;
    put(firsts_, head);
  } else if (head.rank < kind.best) {
    move(firsts_, kind.best, head);
    kind.best = head.rank;
  }
}

void Heads::erase(const Rank& rank, const Uses& uses, PoolIndex own) {
  const auto place = place_of(heads_, rank);
  const Head gone = *place;
  heads_.erase(place);
  count_ties(uses, own, -1);
  if (gone.more) {
    firsts_.erase(place_of(firsts_, rank));
    wide_.erase(place_of(wide_, gone));
    return;
  }
  Kind& kind = of_kind(gone);
  kind.lines.erase(place_of(kind.lines, gone));
  if (!kind.lines.empty()) return show_best_of(kind);
  firsts_.erase(place_of(firsts_, rank));
  if (&kind != &kinds_.back()) kind = std::move(kinds_.back());
  kinds_.pop_back();
}

void Heads::lead(const Rank& from, const Rank& to) {
  Head head = *place_of(heads_, from);
  head.rank = to;
  move(heads_, from, head);
  if (head.more) {
    move(firsts_, from, head);
    place_of(wide_, head)->rank = to;
    return;
  }
  Kind& kind = of_kind(head);
  place_of(kind.lines, head)->rank = to;
  show_best_of(kind);
}

Heads::Kind& Heads::of_kind(const Head& head) {
  for (Kind& kind : kinds_) {
    if (kind.has(head)) return kind;
  }
  return kinds_.emplace_back(Kind{head.priority, head.critical, head.weight, head.other, {}, {}});
}

/// After one of its lines has changed.
void Heads::show_best_of(Kind& kind) {
  const Rank best = std::ranges::min_element(kind.lines, {}, &ByLength::rank)->rank;
  if (best == kind.best) return;
  move(firsts_, kind.best, *place_of(heads_, best));
  kind.best = best;
}

void Heads::count_ties(const Uses& uses, PoolIndex own, int lines) {
  for (const Use& use : uses) {
    if (use.pool == own) continue;
    const auto known = std::ranges::find(ties_, use.pool, &Tie::pool);
    if (known == ties_.end()) {
      ties_.push_back({use.pool, lines});
    } else {
      known->lines += lines;
    }
  }
}

}  // namespace takt::core
