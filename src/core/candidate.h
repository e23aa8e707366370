#pragma once
// Candidate: somebody who would start, and the rule that lets him (admission_queue.h).

#include <utility>
#include <vector>

#include "core/fronts.h"

namespace takt::core {

class Candidate {
 public:
  Candidate(const Scene& scene, const LineKey& key, const Rank& rank)
      : scene_(scene), key_(key), rank_(rank) {}

  bool fits() const { return scene_.leases.fits(*key_.uses, key_.priority); }
  /// It delays nobody, if its units are free.
  bool delays_nobody(const Fronts& fronts) const;
  /// Heads that wait for the pool and that taking this use would delay, with their earliest starts.
  std::vector<std::pair<Rank, Instant>> delayed_by(const Use& use, const Fronts& fronts) const;

 private:
  Instant end() const { return saturating_add(scene_.now, key_.length); }
  bool may_take(const Use& use, const Fronts& fronts) const;
  bool has_room_beside_all(const Use& use) const;

  const Scene& scene_;
  const LineKey& key_;
  Rank rank_;
};

}  // namespace takt::core
