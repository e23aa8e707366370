// The look: who may start now, and how somebody stands.

#include <algorithm>
#include <array>

#include "core/admission_queue.h"

namespace takt::core {
namespace {

/// There are units for one of this kind, in this pool and in its other one.
bool has_room(const Leases& leases, PoolIndex pool, const Heads::Kind& kind) {
  if (kind.weight > leases.room(pool, kind.priority)) return false;
  return kind.other.weight == 0 || kind.other.weight <= leases.room(kind.other.pool, kind.priority);
}

/// By the whole rule, for somebody of this line with this rank.
bool may_pass(const Scene& scene, const LineKey& key, const Rank& rank, Ahead& ahead) {
  if (scene.among == Among::critical && !key.critical) return false;
  const Candidate candidate(scene, key, rank);
  return candidate.fits() && candidate.delays_nobody(ahead);
}

}  // namespace

std::optional<RunId> AdmissionQueue::next(Instant now, Among among) {
  if (among != last_among_) marks_.mark_all(lines_.pools());
  last_among_ = among;
  offered_.reset();
  if (marks_.none()) return std::nullopt;
  marks_.spread(lines_, leases_);
  const Scene scene{leases_, lines_, now, among};
  Ahead ahead(scene);
  Rank best = kWorstRank;
  for (const PoolIndex pool : marks_.marked()) {
    const auto rank =
        pool == no_pool() ? look_without_pool(scene, best) : look_at(pool, scene, ahead, best);
    if (rank) best = *rank;
  }
  marks_.sweep();
  if (best == kWorstRank) return std::nullopt;
  offered_.emplace(best, now);
  return best.run;
}

/// The best that may start in a pool, if it ranks better than `than`; marks what is left to look
/// at.
std::optional<Rank> AdmissionQueue::look_at(PoolIndex pool, const Scene& scene, Ahead& ahead,
                                            const Rank& than) {
  const Rank from = marks_.from(pool);
  marks_.looked_at(pool, than == kWorstRank ? than : std::max(from, than));
  if (leases_.room(pool, Priority::P0) == 0) return std::nullopt;
  const auto may_start = [&](LineId line, const Rank& rank) {
    const Candidate one(scene, lines_.line(line).key, rank);
    if (rank < from || !one.fits() || !one.delays_nobody(ahead)) return false;
    marks_.looked_at(pool, rank);
    return true;
  };
  // Where there is room beside those ahead, whoever is next may have it, however long it is.
  const std::vector<Head>& heads = lines_.of_pool(pool).all();
  int room = leases_.pools()[pool].slots - leases_.used(pool);
  std::size_t at = 0;
  for (; at < heads.size() && room > 0; ++at) {
    if (!(heads[at].rank < than)) return std::nullopt;
    if (!scene.counts(heads[at])) continue;
    if (may_start(heads[at].line, heads[at].rank)) return heads[at].rank;
    room -= heads[at].weight;
  }
  if (at == heads.size()) return std::nullopt;
  // Behind them only who ends before those ahead of him could start.
  const auto one = best_short(pool, scene, ahead, std::max(from, heads[at].rank), than);
  if (one) marks_.looked_at(pool, *one);
  return one;
}

/// The best who is short enough to start in a pool without room, and whose rank lies in
/// [from, than).
std::optional<Rank> AdmissionQueue::best_short(PoolIndex pool, const Scene& scene, Ahead& ahead,
                                               const Rank& from, const Rank& than) const {
  Rank best = than;
  std::array<std::optional<Duration>, 1U << kClasses> longest;
  // The shortest first, and those that rank worse may be no longer than those that rank better.
  const auto consider = [&](const std::vector<Heads::ByLength>& lines, Leases::ClassSet untouched) {
    std::optional<Duration>& limit = longest[untouched];
    if (!limit) limit = ahead.longest_behind(pool, from, untouched);
    for (const Heads::ByLength& one : lines) {
      if (one.length > *limit) break;
      if (one.rank < from || !(one.rank < best)) continue;
      const Instant end = saturating_add(scene.now, one.length);
      if (ahead.until(pool, one.rank, untouched) < end) continue;
      if (may_pass(scene, lines_.line(one.line).key, one.rank, ahead)) best = one.rank;
    }
  };
  const Heads& heads = lines_.of_pool(pool);
  for (const Heads::Kind& kind : heads.kinds()) {
    if (has_room(leases_, pool, kind))
      consider(kind.lines, leases_.untouched_by({pool, kind.weight}, kind.priority));
  }
  // What one unit of the best class leaves untouched, no other leaves more of.
  if (!heads.wide().empty()) {
    consider(heads.wide(), leases_.untouched_by({pool, 1}, Priority::P0));
  }
  return best == than ? std::nullopt : std::optional(best);
}

/// Nobody is held; only that others may not count.
std::optional<Rank> AdmissionQueue::look_without_pool(const Scene& scene, const Rank& than) {
  marks_.looked_at(no_pool(), than == kWorstRank ? than : std::max(marks_.from(no_pool()), than));
  for (const Head& head : lines_.of_pool(no_pool()).all()) {
    if (!scene.counts(head)) continue;
    if (!(head.rank < than)) return std::nullopt;
    marks_.looked_at(no_pool(), head.rank);
    return head.rank;
  }
  return std::nullopt;
}

Standing AdmissionQueue::standing(const Waiter& waiter, Instant now, Among among) const {
  const LineKey key{waiter.uses, waiter.priority, waiter.critical, rounded_up(waiter.length)};
  const Scene scene{leases_, lines_, now, among};
  const Candidate one(scene, key, {waiter.rank_at, waiter.run});
  Standing standing;
  standing.fits = one.fits();
  standing.earliest = leases_.earliest(*key.uses, key.priority, now);
  Ahead ahead(scene);
  std::vector<Rank> behind;
  for (const Use& use : *key.uses) {
    for (const auto& [rank, earliest] : one.delayed_by(use, ahead)) {
      behind.push_back(rank);
      standing.earliest = std::max(standing.earliest, earliest);
    }
  }
  std::ranges::sort(behind);
  const auto [first, last] = std::ranges::unique(behind);
  behind.erase(first, last);
  for (const Rank& rank : behind) standing.behind.push_back(rank.run);
  return standing;
}

std::vector<RunId> AdmissionQueue::queue_of(PoolIndex pool) const {
  std::vector<Rank> ranks;
  for (const Head& head : lines_.of_pool(pool).all()) {
    const std::set<Rank>& line = lines_.line(head.line).ranks;
    ranks.insert(ranks.end(), line.begin(), line.end());
  }
  std::ranges::sort(ranks);
  std::vector<RunId> runs;
  for (const Rank& rank : ranks) runs.push_back(rank.run);
  return runs;
}

}  // namespace takt::core
