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

// --- going down the heads
// ------------------------------------------------------------------------

std::size_t Ahead::front_of(PoolIndex pool) {
  std::uint32_t& place = front_by_pool_[pool];
  if (place == 0) {
    fronts_.emplace_back().pool = pool;
    place = static_cast<std::uint32_t>(fronts_.size());
  }
  return place - 1;
}

/// Down to all heads better than `rank`; false: somebody on the way lets nobody have until `end`
/// what leaves `untouched` classes their share, so it went no further.
bool Ahead::go_down(Front& front, const Rank& rank, Leases::ClassSet untouched, Instant end) {
  const std::vector<Head>& heads = scene_.lines.of_pool(front.pool).all();
  while (front.at < heads.size() && heads[front.at].rank < rank) {
    const Head& head = heads[front.at++];
    if (!scene_.counts(head) || !pass(front, head)) continue;
    if (front.last.latest_end(untouched) < end) return false;
  }
  return true;
}

/// Whether anything has changed by it.
bool Ahead::pass(Front& front, const Head& head) {
  Step& last = front.last;
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
  front.steps.push_back(last);
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

// --- what they leave to those behind
// -------------------------------------------------------------

Instant Ahead::Step::latest_end(Leases::ClassSet untouched) const {
  Instant latest = Instant::max();
  for (std::size_t at = 0; at < kClasses; ++at) {
    if ((untouched >> at & 1U) == 0) latest = std::min(latest, lacking[at]);
  }
  return latest;
}

const Ahead::Step* Ahead::step_before(const Front& front, const Rank& rank) {
  if (front.steps.empty()) return nullptr;
  if (front.steps.back().rank < rank) return &front.steps.back();
  const auto behind = std::ranges::lower_bound(front.steps, rank, {}, &Step::rank);
  return behind == front.steps.begin() ? nullptr : &*(behind - 1);
}

Instant Ahead::until(PoolIndex pool, const Rank& rank, Leases::ClassSet untouched, Extent extent) {
  Front& front = fronts_[front_of(pool)];
  if (extent == Extent::all) go_down(front, rank);
  const Step* step = step_before(front, rank);
  if (step == nullptr) return Instant::max();
  const Instant latest = step->latest_end(untouched);
  if ((step->held & ~untouched) == 0) return latest;
  const auto lacking = lacking_in_tied(pool, rank, extent);
  if (lacking) return std::min(latest, *lacking);
  return extent == Extent::all ? std::min(latest, scene_.now) : latest;
}

Duration Ahead::longest(PoolIndex pool, const Rank& rank, Leases::ClassSet untouched,
                        Extent extent) {
  const Instant latest = until(pool, rank, untouched, extent);
  return latest == Instant::max() ? Duration::max() : latest - scene_.now;
}

bool Ahead::lets(PoolIndex pool, const Rank& rank, Leases::ClassSet untouched, Instant end) {
  if (until(pool, rank, untouched, Extent::known) < end) return false;
  Front& front = fronts_[front_of(pool)];
  if (!go_down(front, rank, untouched, end)) return false;
  const Step* step = step_before(front, rank);
  return step == nullptr || (step->held & ~untouched) == 0 || tied_let(pool, rank, end);
}

// --- pools that are tied -------------------------------------------------------------------------

Instant Ahead::earliest_of_held(PoolIndex pool, const Rank& rank) {
  return lacking_in_tied(pool, rank, Extent::all).value_or(scene_.now);
}

void Ahead::reach(PoolIndex pool) {
  const std::size_t place = front_of(pool);
  if (fronts_[place].reached == questions_) return;
  fronts_[place].reached = questions_;
  reached_.push_back(place);
}

/// The first of those that lack units of the pool or of one tied to it; nullopt: nobody does.
std::optional<Instant> Ahead::lacking_in_tied(PoolIndex pool, const Rank& rank, Extent extent) {
  std::optional<Instant> earliest;
  ++questions_;
  reached_.clear();
  reach(pool);
  for (std::size_t i = 0; i < reached_.size(); ++i) {  // more are reached on the way
    if (extent == Extent::all) go_down(fronts_[reached_[i]], rank);
    const Step* step = step_before(fronts_[reached_[i]], rank);
    if (step != nullptr && step->lacks) {
      const Instant lacking = step->latest_end(0);
      earliest = std::min(earliest.value_or(lacking), lacking);
    }
    reach_tied(reached_[i], rank);
  }
  return earliest;
}

/// Nobody who lacks units of the pool, or of one tied to it, forbids what lasts until `end`.
bool Ahead::tied_let(PoolIndex pool, const Rank& rank, Instant end) {
  bool lacks = false;
  ++questions_;
  reached_.clear();
  reach(pool);
  for (std::size_t i = 0; i < reached_.size(); ++i) {
    Front& front = fronts_[reached_[i]];
    if (!go_down(front, rank, 0, end)) return false;
    const Step* step = step_before(front, rank);
    if (step != nullptr && step->latest_end(0) < end) return false;
    lacks = lacks || (step != nullptr && step->lacks);
    reach_tied(reached_[i], rank);
  }
  return lacks;
}

void Ahead::reach_tied(std::size_t place, const Rank& rank) {
  for (std::size_t i = 0; i < fronts_[place].ties.size(); ++i) {
    const auto [tied_at, other] = fronts_[place].ties[i];
    if (tied_at < rank) reach(other);
  }
}

// --- the rule
// ------------------------------------------------------------------------------------

bool Candidate::delays_nobody(Ahead& ahead) const {
  return std::ranges::all_of(*key_.uses, [&](const Use& use) { return may_take(use, ahead); });
}

bool Candidate::may_take(const Use& use, Ahead& ahead) const {
  const Leases::ClassSet untouched = scene_.leases.untouched_by(use, key_.priority);
  if (ahead.lets(use.pool, rank_, untouched, end())) return true;
  return has_room_beside_all(use);
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
