#include "store/slot_ranges.h"

#include <algorithm>
#include <utility>

namespace takt::store {
namespace {

using core::SlotsRow;

bool alike(const SlotsRow& a, const SlotsRow& b) {
  return a.disposition == b.disposition && a.reason == b.reason && a.run == b.run;
}

bool overlap(const SlotsRow& a, const SlotsRow& b) {
  return a.first <= b.last && b.first <= a.last;
}

bool touches(const SlotsRow& recorded, const SlotsRow& row) {
  return overlap(recorded, row) || recorded.last + 1 == row.first;
}

/// What is left of `pieces` (in order) without the slots of `recorded`.
std::vector<SlotsRow> without(const std::vector<SlotsRow>& pieces, const SlotsRow& recorded) {
  std::vector<SlotsRow> left;
  for (const SlotsRow& piece : pieces) {
    if (!overlap(piece, recorded)) {
      left.push_back(piece);
      continue;
    }
    if (piece.first < recorded.first) {
      left.push_back(piece);
      left.back().last = recorded.first - 1;
      left.back().last_at = recorded.at;
    }
    if (piece.last > recorded.last) {
      left.push_back(piece);
      left.back().first = recorded.last + 1;
      left.back().at = recorded.last_at;
    }
  }
  return left;
}

/// The evidence of the newest decision stays: `row` is newer than `recorded`.
SlotsRow united(const SlotsRow& recorded, SlotsRow row) {
  if (recorded.first < row.first) {
    row.first = recorded.first;
    row.at = recorded.at;
  }
  if (recorded.last > row.last) {
    row.last = recorded.last;
    row.last_at = recorded.last_at;
  }
  return row;
}

}  // namespace

RangeChange merge_slots(const std::vector<SlotsRow>& near, const SlotsRow& row) {
  RangeChange change;
  std::vector<SlotsRow> pieces{row};
  for (const SlotsRow& recorded : near) {
    if (alike(recorded, row) || !overlap(recorded, row)) continue;
    change.contradicted = true;
    pieces = without(pieces, recorded);
  }
  for (SlotsRow& piece : pieces) {
    const auto covers = [&](const SlotsRow& recorded) {
      return alike(recorded, row) && recorded.first <= piece.first && piece.last <= recorded.last;
    };
    if (std::ranges::any_of(near, covers)) continue;
    for (const SlotsRow& recorded : near) {
      if (!alike(recorded, row) || !touches(recorded, piece)) continue;
      piece = united(recorded, std::move(piece));
      change.erased.push_back(recorded.first);
    }
    change.added.push_back(std::move(piece));
  }
  return change;
}

}  // namespace takt::store
