#pragma once
// Rearrangement: the first half of a reload. Jobs are matched by name and put into the order of the new
// file, those that have left it behind them; everything that holds the place of a job moves along.
// What the changes mean is for the second half (core/reload.cpp).
//
//   before   a b c | x          (x has left earlier)
//   file     c' d x
//   after    c d x | a b        added: d · changed: c, x (was away) · removed: a, b

#include <vector>

#include "core/turn.h"

namespace takt::core {

/// A listed job whose definition is another than before.
struct Changed {
  JobIndex job;
  JobSpec before;
  bool was_away = false;  // it had left the file; then also when nothing else is different
};

struct Rearranged {
  std::vector<JobIndex> added;
  std::vector<JobIndex> removed;
  std::vector<Changed> changed;
};

/// Takes over what `fleet` says. Of unchanged jobs nothing but the place is touched; facts of the
/// others are still those of before. Wake-ups of all jobs are to be set anew.
Rearranged rearrange(Turn& turn, const FleetSpec& fleet);

}  // namespace takt::core
