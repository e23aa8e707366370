#include "core/admission_queue.h"

#include <algorithm>
#include <span>

#include "base/assert.h"

namespace takt::core {
namespace {

constexpr Rank kFirst{Instant::min(), RunId{}};
/// Heads that wait for one another in a chain longer than this: nobody passes the last of them.
constexpr int kDepthMax = 200;

int weight_in(const Uses& uses, PoolIndex pool) {
  for (const Use& use : uses) {
    if (use.pool == pool) return use.weight;
  }
  return 0;
}

LineKey key_of(const Waiter& waiter) {
  return {waiter.uses, waiter.priority, waiter.critical, rounded_up(waiter.length)};
}

}  // namespace

// --- coming and going ----------------------------------------------------------------------------

void AdmissionQueue::resize(std::vector<PoolSpec> pools) {
  leases_.resize(std::move(pools));
  waiting_.clear();
  waiting_.resize(leases_.pools().size() + 1);
  for (LineId line = 0; line < lines_.size(); ++line) {
    if (lines_[line].ranks.empty()) continue;
    link(lines_[line], 1);
    show_head(line);
    for (const Rank& rank : lines_[line].ranks) want(lines_[line].key, rank);
  }
  look_again();
}

void AdmissionQueue::add(const Waiter& waiter) {
  const LineId id = line_of(waiter);
  const Rank rank{waiter.rank_at, waiter.run};
  const bool fresh = places_.emplace(waiter.run, Place{id, rank}).second;
  TAKT_ASSERT(fresh, "a run waits once");
  Line& line = lines_[id];
  want(line.key, rank);
  if (!line.ranks.empty() && line.head() < rank) {  // whatever holds the head holds it
    line.ranks.insert(rank);
    return;
  }
  if (line.ranks.empty()) {
    link(line, 1);
  } else {
    hide_head(id);
  }
  line.ranks.insert(rank);
  show_head(id);
  mark(*line.key.uses, rank);
}

void AdmissionQueue::want(const LineKey& key, const Rank& rank) {
  for (const Use& use : *key.uses) {
    waiting_[use.pool].wanted[0].insert(rank, {key.priority, use.weight});
    if (key.critical) waiting_[use.pool].wanted[1].insert(rank, {key.priority, use.weight});
  }
}

void AdmissionQueue::want_no_more(const LineKey& key, const Rank& rank) {
  for (const Use& use : *key.uses) {
    waiting_[use.pool].wanted[0].erase(rank);
    if (key.critical) waiting_[use.pool].wanted[1].erase(rank);
  }
}

bool AdmissionQueue::remove(RunId run) {
  const auto found = places_.find(run);
  if (found == places_.end()) return false;
  const Place place = found->second;
  const auto uses = lines_[place.line].key.uses;
  places_.erase(found);
  take_out(place);
  mark(*uses, place.rank);  // those behind it may have waited for it
  return true;
}

void AdmissionQueue::start(const Waiter& waiter, JobIndex job, Instant now) {
  remove(waiter.run);
  if (waiter.uses->empty()) return;
  leases_.grant({waiter.run, job, waiter.uses, waiter.priority, now,
                 saturating_add(now, rounded_up(waiter.length))});
  mark(*waiter.uses, Rank{waiter.rank_at, waiter.run});
}

void AdmissionQueue::release(RunId run) {
  if (const auto lease = leases_.release(run)) mark(*lease->uses, kFirst);
}

AdmissionQueue::LineId AdmissionQueue::line_of(const Waiter& waiter) {
  LineKey key = key_of(waiter);
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) return found->second;
  LineId id = 0;
  if (free_lines_.empty()) {
    id = static_cast<LineId>(lines_.size());
    lines_.push_back({key, {}});
  } else {
    id = free_lines_.back();
    free_lines_.pop_back();
    lines_[id].key = key;
  }
  by_key_.emplace(std::move(key), id);
  return id;
}

void AdmissionQueue::take_out(const Place& place) {
  Line& line = lines_[place.line];
  const bool led = line.head() == place.rank;
  if (led) hide_head(place.line);
  line.ranks.erase(place.rank);
  want_no_more(line.key, place.rank);
  if (line.ranks.empty()) {
    link(line, -1);
    by_key_.erase(line.key);
    free_lines_.push_back(place.line);
  } else if (led) {
    show_head(place.line);
  }
}

std::vector<PoolIndex> AdmissionQueue::pools_of(const Uses& uses) const {
  std::vector<PoolIndex> pools;
  for (const Use& use : uses) pools.push_back(use.pool);
  if (pools.empty()) pools.push_back(static_cast<PoolIndex>(leases_.pools().size()));
  return pools;
}

/// A line that waits for several pools ties them together: what happens to one concerns the others.
void AdmissionQueue::link(const Line& line, int by) {
  for (const Use& use : *line.key.uses) {
    for (const Use& other : *line.key.uses) {
      if (use.pool == other.pool) continue;
      auto& neighbours = waiting_[use.pool].neighbours;
      int& count = neighbours[other.pool];
      count += by;
      if (count == 0) neighbours.erase(other.pool);
    }
  }
}

void AdmissionQueue::show_head(LineId id) {
  const Line& line = lines_[id];
  for (const PoolIndex pool : pools_of(*line.key.uses)) {
    waiting_[pool].heads.emplace(line.head(), id);
    waiting_[pool].by_length.emplace(line.key.length, id);
    waiting_[pool].by_class[static_cast<std::size_t>(line.key.priority)].insert(id);
  }
}

void AdmissionQueue::hide_head(LineId id) {
  const Line& line = lines_[id];
  for (const PoolIndex pool : pools_of(*line.key.uses)) {
    waiting_[pool].heads.erase(line.head());
    waiting_[pool].by_length.erase({line.key.length, id});
    waiting_[pool].by_class[static_cast<std::size_t>(line.key.priority)].erase(id);
  }
}

/// Pools to look at again; what ranks better than `from` cannot have gained. A line that waits for
/// several pools passes on to each what happened to the others; beyond those only where units are
/// free, since a line without is held by its pools alone, not by whom it waits behind.
void AdmissionQueue::mark(const Uses& uses, const Rank& from) {
  std::vector<PoolIndex> todo = pools_of(uses);
  std::vector<PoolIndex> seen = todo;
  const std::size_t touched = todo.size();
  for (std::size_t at = 0; at < todo.size(); ++at) {
    const PoolIndex pool = todo[at];
    const auto [mark, fresh] = marked_.emplace(pool, from);
    if (!fresh) mark->second = std::min(mark->second, from);
    if (at >= touched && leases_.room(pool, Priority::P0) == 0) continue;
    for (const auto& [neighbour, count] : waiting_[pool].neighbours) {
      if (std::ranges::find(seen, neighbour) != seen.end()) continue;
      seen.push_back(neighbour);
      todo.push_back(neighbour);
    }
  }
}

void AdmissionQueue::look_again() {
  marked_.clear();
  for (PoolIndex pool = 0; pool < waiting_.size(); ++pool) marked_.emplace(pool, kFirst);
}

// --- the look ------------------------------------------------------------------------------------

bool AdmissionQueue::is_eligible(const Line& line, Among among) const {
  return among == Among::all || line.key.critical;
}

/// Where to go on in each marked pool; pools that have nothing to give, or nobody to give it to, are
/// done.
std::vector<AdmissionQueue::Walk> AdmissionQueue::walks() {
  std::vector<Walk> walks;
  for (auto mark = marked_.begin(); mark != marked_.end();) {
    const PoolIndex pool = mark->first;
    const bool gives = pool == leases_.pools().size() || leases_.room(pool, Priority::P0) > 0;
    if (!gives || waiting_[pool].heads.empty()) {
      mark = marked_.erase(mark);
      continue;
    }
    walks.push_back({pool, waiting_[pool].heads.begin(), std::nullopt});
    ++mark;
  }
  return walks;
}

std::optional<RunId> AdmissionQueue::next(Instant now, Among among) {
  if (among != last_among_) look_again();
  last_among_ = among;
  Look look{now, among, {}};
  std::vector<Walk> open = walks();
  const auto worse = [](const Walk& a, const Walk& b) { return b.rank() < a.rank(); };
  std::ranges::make_heap(open, worse);
  while (!open.empty()) {
    std::ranges::pop_heap(open, worse);
    Walk& walk = open.back();
    const Rank rank = walk.rank();
    Rank& from = marked_.at(walk.pool);
    if (!(rank < from)) {
      from = rank;
      if (is_eligible(lines_[walk.line()], among) && may_start(walk.line(), look)) return rank.run;
    }
    if (go_on(walk, look)) {
      std::ranges::push_heap(open, worse);
    } else {
      marked_.erase(walk.pool);
      open.pop_back();
    }
  }
  return std::nullopt;
}

/// To the next head that is worth a look; false: there is none.
bool AdmissionQueue::go_on(Walk& walk, Look& look) const {
  if (walk.rest) {
    walk.rest->pop_back();
    return !walk.rest->empty();
  }
  const LineId line = walk.line();
  const LineKey& key = lines_[line].key;
  const bool lacks = walk.pool < leases_.pools().size() && is_eligible(lines_[line], look.among) &&
                     weight_in(*key.uses, walk.pool) > leases_.room(walk.pool, key.priority);
  if (!lacks) return ++walk.at != waiting_[walk.pool].heads.end();
  walk.rest = worth_a_look(walk.pool, line, look);
  return !walk.rest->empty();
}

/// Heads behind one that lacks units of the pool which could start all the same; the best one last.
std::vector<std::pair<Rank, AdmissionQueue::LineId>> AdmissionQueue::worth_a_look(
    PoolIndex pool, LineId lacking, Look& look) const {
  const Waiting& waiting = waiting_[pool];
  const LineKey& key = lines_[lacking].key;
  const Instant awaited = earliest_of(lacking, look, 0);
  std::vector<std::pair<Rank, LineId>> found;
  const auto consider = [&](LineId line) {
    if (lines_[lacking].head() < lines_[line].head()) found.emplace_back(lines_[line].head(), line);
  };
  for (const auto& [length, line] : waiting.by_length) {
    if (saturating_add(look.now, length) > awaited) break;
    consider(line);
  }
  const PoolSpec& spec = leases_.pools()[pool];
  if (spec.limit_for(key.priority) < spec.slots) {
    for (std::size_t better = 0; better < static_cast<std::size_t>(key.priority); ++better) {
      for (const LineId line : waiting.by_class[better]) consider(line);
    }
  }
  std::ranges::sort(found, std::greater<>{});
  const auto [first, last] = std::ranges::unique(found);
  found.erase(first, last);
  return found;
}

bool AdmissionQueue::may_start(LineId line, Look& look) const {
  const LineKey& key = lines_[line].key;
  if (!leases_.fits(*key.uses, key.priority)) return false;
  const Candidate one{key, lines_[line].head()};
  return !any_better_head(one, look.among,
                          [&](LineId other) { return delays(one, other, look, 0); });
}

Standing AdmissionQueue::standing(const Waiter& waiter, Instant now, Among among) const {
  const LineKey key = key_of(waiter);
  const Candidate one{key, Rank{waiter.rank_at, waiter.run}};
  Look look{now, among, {}};
  Standing standing;
  standing.fits = leases_.fits(*key.uses, key.priority);
  standing.earliest = leases_.earliest(*key.uses, key.priority, now);
  any_better_head(one, among, [&](LineId other) {
    if (delays(one, other, look, 0)) {
      standing.behind.push_back(lines_[other].head().run);
      standing.earliest = std::max(standing.earliest, earliest_of(other, look, 0));
    }
    return false;
  });
  return standing;
}

std::vector<RunId> AdmissionQueue::queue_of(PoolIndex pool) const {
  std::vector<Rank> ranks;
  for (const auto& [head, line] : waiting_[pool].heads) {
    ranks.insert(ranks.end(), lines_[line].ranks.begin(), lines_[line].ranks.end());
  }
  std::ranges::sort(ranks);
  std::vector<RunId> runs;
  for (const Rank& rank : ranks) runs.push_back(rank.run);
  return runs;
}

// --- who would be delayed ------------------------------------------------------------------------

/// The best head of several lists that ranks better than `than`, stepped over in each; nullopt: none.
std::optional<AdmissionQueue::LineId> AdmissionQueue::take_best(std::span<Range> lists,
                                                                const Rank& than) {
  const Rank* best = &than;
  std::optional<LineId> line;
  for (const auto& [at, end] : lists) {
    if (at == end || !(at->first < *best)) continue;
    best = &at->first;
    line = at->second;
  }
  for (auto& [at, end] : lists) {
    if (line && at != end && at->second == *line) ++at;
  }
  return line;
}

/// Asks about each line that shares a pool with the candidate and whose head ranks better, best
/// first, until one is said yes to.
template <class Judge>
bool AdmissionQueue::any_better_head(const Candidate& one, Among among, Judge judge) const {
  std::vector<Range> lists;
  for (const Use& use : *one.key.uses) {
    lists.emplace_back(waiting_[use.pool].heads.begin(), waiting_[use.pool].heads.end());
  }
  while (const auto line = take_best(lists, one.rank)) {
    if (is_eligible(lines_[*line], among) && judge(*line)) return true;
  }
  return false;
}

bool AdmissionQueue::delays(const Candidate& one, LineId other, Look& look, int depth) const {
  if (saturating_add(look.now, one.key.length) <= earliest_of(other, look, depth + 1)) return false;
  const LineKey& its = lines_[other].key;
  return std::ranges::any_of(*one.key.uses, [&](const Use& use) {
    return weight_in(*its.uses, use.pool) > 0 && !draws_on_reserve(use, one.key, its) &&
           !has_room_for_all(use, one, look.among);
  });
}

/// It takes only units that the other's class could never have: some class down to the other's could hold
/// all that it may, beside this one and whoever is above that class.
bool AdmissionQueue::draws_on_reserve(const Use& use, const LineKey& key,
                                      const LineKey& other) const {
  const PoolSpec& pool = leases_.pools()[use.pool];
  const auto mine = static_cast<std::size_t>(key.priority);
  for (std::size_t at = mine + 1; at <= static_cast<std::size_t>(other.priority); ++at) {
    const auto kept_from = static_cast<Priority>(at);
    bool has_room = true;
    for (std::size_t above = 0; above <= mine; ++above) {
      const auto from = static_cast<Priority>(above);
      const int held = leases_.used_above(use.pool, kept_from) - leases_.used_above(use.pool, from);
      has_room &= held + use.weight <= pool.limit_for(from) - pool.limit_for(kept_from);
    }
    if (has_room) return true;
  }
  return false;
}

/// What is held, what waits and ranks better, and this one find room in the pool together.
bool AdmissionQueue::has_room_for_all(const Use& use, const Candidate& one, Among among) const {
  const PoolIndex pool = use.pool;
  UnitsByClass wanted = waiting_[pool].wanted[among == Among::critical ? 1 : 0].before(one.rank);
  wanted[static_cast<std::size_t>(one.key.priority)] += use.weight;
  const PoolSpec& spec = leases_.pools()[pool];
  std::int64_t below = 0;
  for (std::size_t at = kClasses; at-- > 0;) {
    const auto as_class = static_cast<Priority>(at);
    below += wanted[at];
    const int above = leases_.used_above(pool, as_class);
    const int held = leases_.used(pool) - above;
    if (below > 0 && held + below > spec.limit_for(as_class)) return false;
  }
  return true;
}

Instant AdmissionQueue::earliest_of(LineId line, Look& look, int depth) const {
  const auto known = look.earliest.find(line);
  if (known != look.earliest.end()) return known->second;
  const LineKey& key = lines_[line].key;
  Instant at = leases_.earliest(*key.uses, key.priority, look.now);
  const bool has_units = leases_.fits(*key.uses, key.priority);
  if (has_units && depth < kDepthMax) {  // somebody better holds it
    const Candidate one{key, lines_[line].head()};
    std::optional<Instant> held_until;
    any_better_head(one, look.among, [&](LineId other) {
      if (!delays(one, other, look, depth)) return false;
      const Instant until = earliest_of(other, look, depth);
      held_until = held_until ? std::min(*held_until, until) : until;
      return *held_until == look.now;  // it gets no earlier
    });
    at = held_until.value_or(at);
  }
  look.earliest.emplace(line, at);
  return at;
}

}  // namespace takt::core
