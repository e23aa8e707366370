#include "core/ahead.h"

#include <algorithm>

namespace takt::core {

bool Scene::fits(const Head& head, PoolIndex pool) const {
  if (head.weight > 0 && head.weight > leases.room(pool, head.priority)) return false;
  if (head.is_alone()) return true;
  if (!head.more) return head.other.weight <= leases.room(head.other.pool, head.priority);
  return leases.fits(*lines.line(head.line).key.uses, head.priority);
}

Instant Scene::earliest(const Head& head, PoolIndex pool) const {
  if (!head.more) {
    const Instant own = leases.earliest_in({pool, head.weight}, head.priority, now);
    if (head.is_alone()) return own;
    return std::max(own, leases.earliest_in(head.other, head.priority, now));
  }
  return leases.earliest(*lines.line(head.line).key.uses, head.priority, now);
}

// --- going down the heads ------------------------------------------------------------------------

/// With all that are tied to it, however far down.
Ahead::Place Ahead::front_of(PoolIndex pool) {
  if (front_by_pool_[pool] != 0) return front_by_pool_[pool] - 1;
  const auto first = static_cast<Place>(fronts_.size());
  const auto add = [&](PoolIndex other) {
    if (front_by_pool_[other] != 0) return;
    fronts_.emplace_back().pool = other;
    fronts_.back().parent = static_cast<Place>(fronts_.size() - 1);
    front_by_pool_[other] = static_cast<Place>(fronts_.size());
  };
  add(pool);
  changes_.clear();
  for (Place place = first; place < fronts_.size(); ++place) {  // more are added on the way
    go_down(fronts_[place]);
    for (std::size_t i = 0; i < fronts_[place].ties.size(); ++i) add(fronts_[place].ties[i].second);
  }
  for (Place place = first; place < fronts_.size(); ++place) note_changes(place);
  std::ranges::sort(changes_, {}, &Change::rank);
  for (const Change& change : changes_) {
    if (change.front == change.other) {
      lack(change.front, change.rank, change.earliest);
    } else {
      join(change);
    }
  }
  return first;
}

/// What holds the first of a kind holds the others, so those alone make steps.
void Ahead::go_down(Front& front) {
  Step last;
  for (const Head& head : scene_.lines.of_pool(front.pool).firsts()) {
    if (scene_.counts(head) && pass(front, last, head)) front.steps.push_back(last);
  }
}

/// Whether anything has changed by it.
bool Ahead::pass(Front& front, Step& last, const Head& head) {
  if (scene_.fits(head, front.pool)) {
    if (!head.is_alone()) tie(front, head);
    const Leases::ClassSet held = 1U << static_cast<unsigned>(head.priority);
    if ((last.held & held) != 0) return false;
    last.held |= held;
  } else {
    const Instant earliest = scene_.earliest(head, front.pool);
    Instant& known = last.lacking[static_cast<std::size_t>(head.priority)];
    if (last.lacks && earliest >= known) return false;
    known = std::min(known, earliest);
    last.lacks = true;
  }
  last.rank = head.rank;
  return true;
}

void Ahead::tie(Front& front, const Head& head) {
  const auto tie_to = [&](PoolIndex pool) {
    if (pool == front.pool) return;
    const auto known = std::ranges::find(front.ties, pool, &std::pair<Rank, PoolIndex>::second);
    if (known == front.ties.end()) front.ties.emplace_back(head.rank, pool);
  };
  if (!head.more) return tie_to(head.other.pool);
  for (const Use& use : *scene_.lines.line(head.line).key.uses) tie_to(use.pool);
}

// --- pools that are tied -------------------------------------------------------------------------

void Ahead::note_changes(Place place) {
  const Front& front = fronts_[place];
  std::optional<Instant> known;
  for (const Step& step : front.steps) {
    const Instant earliest = step.latest_end(0);
    if (!step.lacks || (known && earliest >= *known)) continue;
    known = earliest;
    changes_.push_back({step.rank, place, place, earliest});
  }
  for (const auto& [rank, pool] : front.ties) {
    const Place other = front_by_pool_[pool] - 1;
    if (place < other) changes_.push_back({rank, place, other, {}});  // the other has it as well
  }
}

/// The smaller becomes part of the larger, so nobody has far to the one who speaks for all.
void Ahead::join(const Change& change) {
  Place large = speaker(change.front, kWorstRank);
  Place small = speaker(change.other, kWorstRank);
  if (large == small) return;
  if (fronts_[large].size < fronts_[small].size) std::swap(large, small);
  Front& part = fronts_[small];
  part.parent = large;
  part.tied_at = change.rank;
  fronts_[large].size += part.size;
  if (!part.lacking.empty()) lack(large, change.rank, part.lacking.back().earliest);
}

void Ahead::lack(Place place, const Rank& rank, Instant earliest) {
  std::vector<Lacking>& lacking = fronts_[speaker(place, kWorstRank)].lacking;
  if (lacking.empty() || earliest < lacking.back().earliest) lacking.push_back({rank, earliest});
}

Ahead::Place Ahead::speaker(Place place, const Rank& rank) const {
  while (fronts_[place].parent != place && fronts_[place].tied_at < rank) {
    place = fronts_[place].parent;
  }
  return place;
}

/// The first of those that lack units of the pool or of one tied to it; nullopt: nobody does.
std::optional<Instant> Ahead::lacking_in_tied(Place place, const Rank& rank) const {
  const std::vector<Lacking>& lacking = fronts_[speaker(place, rank)].lacking;
  const auto behind = std::ranges::lower_bound(lacking, rank, {}, &Lacking::rank);
  if (behind == lacking.begin()) return std::nullopt;
  return (behind - 1)->earliest;
}

// --- what they leave to those behind -------------------------------------------------------------

Instant Ahead::Step::latest_end(Leases::ClassSet untouched) const {
  Instant latest = Instant::max();
  for (std::size_t at = 0; at < kClasses; ++at) {
    if ((untouched >> at & 1U) == 0) latest = std::min(latest, lacking[at]);
  }
  return latest;
}

const Ahead::Step* Ahead::step_before(const Front& front, const Rank& rank) {
  const auto behind = std::ranges::lower_bound(front.steps, rank, {}, &Step::rank);
  return behind == front.steps.begin() ? nullptr : &*(behind - 1);
}

Instant Ahead::until(PoolIndex pool, const Rank& rank, Leases::ClassSet untouched) {
  const Place place = front_of(pool);
  const Step* step = step_before(fronts_[place], rank);
  if (step == nullptr) return Instant::max();
  const Instant latest = step->latest_end(untouched);
  if ((step->held & ~untouched) == 0) return latest;
  return std::min(latest, lacking_in_tied(place, rank).value_or(scene_.now));
}

/// Further down there are more who lack units, unless there is nobody yet.
Duration Ahead::longest_behind(PoolIndex pool, const Rank& rank, Leases::ClassSet untouched) {
  const Place place = front_of(pool);
  const Step* step = step_before(fronts_[place], rank);
  if (step == nullptr) return Duration::max();
  Instant latest = step->latest_end(untouched);
  if ((step->held & ~untouched) != 0) {
    latest = std::min(latest, lacking_in_tied(place, rank).value_or(Instant::max()));
  }
  return latest == Instant::max() ? Duration::max() : latest - scene_.now;
}

Instant Ahead::earliest_of_held(PoolIndex pool, const Rank& rank) {
  return lacking_in_tied(front_of(pool), rank).value_or(scene_.now);
}

// --- the rule ------------------------------------------------------------------------------------

bool Candidate::delays_nobody(Ahead& ahead) const {
  return std::ranges::all_of(*key_.uses, [&](const Use& use) { return may_take(use, ahead); });
}

bool Candidate::may_take(const Use& use, Ahead& ahead) const {
  const Leases::ClassSet untouched = scene_.leases.untouched_by(use, key_.priority);
  return ahead.until(use.pool, rank_, untouched) >= end() || has_room_beside_all(use);
}

std::vector<std::pair<Rank, Instant>> Candidate::delayed_by(const Use& use, Ahead& ahead) const {
  std::vector<std::pair<Rank, Instant>> delayed;
  if (has_room_beside_all(use)) return delayed;
  const Leases::ClassSet untouched = scene_.leases.untouched_by(use, key_.priority);
  const Instant of_held = ahead.earliest_of_held(use.pool, rank_);
  for (const Head& head : scene_.lines.of_pool(use.pool).all()) {
    if (!(head.rank < rank_)) break;
    if (!scene_.counts(head) || (untouched >> static_cast<unsigned>(head.priority) & 1U) != 0) {
      continue;
    }
    const Instant earliest =
        scene_.fits(head, use.pool) ? of_held : scene_.earliest(head, use.pool);
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
    if (!scene_.counts(head)) continue;
    for (const Rank& rank : scene_.lines.line(head.line).ranks) {
      if (!(rank < rank_)) break;
      if (!demand.add(head.priority, head.weight)) return false;
    }
  }
  return true;
}

}  // namespace takt::core
