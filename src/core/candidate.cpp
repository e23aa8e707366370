#include "core/candidate.h"

#include <algorithm>

namespace takt::core {

bool Candidate::delays_nobody(const Fronts& fronts) const {
  return std::ranges::all_of(*key_.uses, [&](const Use& use) { return may_take(use, fronts); });
}

bool Candidate::may_take(const Use& use, const Fronts& fronts) const {
  const Leases::ClassSet untouched = scene_.leases.untouched_by(use, key_.priority);
  return fronts.bars(use.pool).until(rank_, untouched) >= end() || has_room_beside_all(use);
}

std::vector<std::pair<Rank, Instant>> Candidate::delayed_by(const Use& use,
                                                            const Fronts& fronts) const {
  std::vector<std::pair<Rank, Instant>> delayed;
  if (has_room_beside_all(use)) return delayed;
  const Leases& leases = scene_.leases;
  const Leases::ClassSet untouched = leases.untouched_by(use, key_.priority);
  const Instant of_held = fronts.earliest_of_held(use.pool, rank_, scene_.now);
  for (const Head& head : scene_.lines.of_pool(use.pool).all()) {
    if (!(head.rank < rank_)) break;
    if (!scene_.counts(head.critical) ||
        (untouched >> static_cast<unsigned>(head.priority) & 1U) != 0) {
      continue;
    }
    const Uses& uses = *scene_.lines.line(head.line).key.uses;
    const Instant earliest = leases.fits(uses, head.priority)
                                 ? std::max(of_held, scene_.now)
                                 : leases.earliest(uses, head.priority, scene_.now);
    if (end() > earliest) delayed.emplace_back(head.rank, earliest);
  }
  return delayed;
}

/// What is held, what waits and ranks better, and this one find room in the pool together.
bool Candidate::has_room_beside_all(const Use& use) const {
  Leases::Demand demand(scene_.leases, use.pool);
  if (!demand.add(key_.priority, use.weight)) return false;
  for (const Head& head : scene_.lines.of_pool(use.pool).all()) {
    if (!(head.rank < rank_)) return true;
    if (!scene_.counts(head.critical)) continue;
    for (const Rank& rank : scene_.lines.line(head.line).ranks) {
      if (!(rank < rank_)) break;
      if (!demand.add(head.priority, head.weight)) return false;
    }
  }
  return true;
}

}  // namespace takt::core
