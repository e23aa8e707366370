// The look: who may start now, and how somebody stands.

#include <algorithm>
#include <array>

#include "core/admission_queue.h"
#include "core/candidate.h"

namespace takt::core {
namespace {

/// By the whole rule, for somebody of this line with this rank.
bool may_pass(const Scene& scene, const LineKey& key, const Rank& rank, const Fronts& fronts) {
  if (!scene.counts(key.critical)) return false;
  const Candidate candidate(scene, key, rank);
  return candidate.fits() && candidate.delays_nobody(fronts);
}

/// Goes down the bars, asked for ever worse ranks.
class Descent {
 public:
  Descent() = default;
  explicit Descent(const std::vector<Bars::Bar>& bars)
      : next_(bars.data()), end_(bars.data() + bars.size()) {}

  /// Until when those of this rank or a worse one may go on at most.
  Instant latest(const Rank& rank) {
    for (; next_ != end_ && next_->rank < rank; ++next_) latest_ = next_->latest;
    return latest_;
  }

 private:
  const Bars::Bar* next_ = nullptr;
  const Bars::Bar* end_ = nullptr;
  Instant latest_ = Instant::max();
};

}  // namespace

std::optional<RunId> AdmissionQueue::next(Instant now, Among among) {
  if (among != last_among_) {
    marks_.mark_all(lines_.pools());
    fronts_.resize(leases_.pools().size());
  }
  last_among_ = among;
  offered_.reset();
  if (marks_.none() && fronts_.laxer().empty()) return std::nullopt;
  const Scene scene{leases_, lines_, now, among};
  fronts_.bring_up_to_date(scene);
  for (const PoolIndex pool : fronts_.laxer()) marks_.mark(pool, fronts_.laxer_from(pool));
  fronts_.laxer_seen();
  Rank best = look_at_arrivals(scene);
  for (const PoolIndex pool : marks_.marked()) {
    const auto rank =
        pool == no_pool() ? look_without_pool(scene, best) : look_at(pool, scene, best);
    if (rank) best = *rank;
  }
  marks_.sweep();
  if (best == kWorstRank) return std::nullopt;
  offered_.emplace(best, now);
  return best.run;
}

/// The best that may start in a pool, if it ranks better than `than`; marks what is left to look
/// at.
std::optional<Rank> AdmissionQueue::look_at(PoolIndex pool, const Scene& scene, const Rank& than) {
  const Rank from = marks_.from(pool);
  marks_.looked_at(pool, than == kWorstRank ? than : std::max(from, than));
  if (leases_.room(pool, Priority::P0) == 0) return std::nullopt;
  // Where there is room beside those ahead, whoever is next may have it, however long it is.
  const std::vector<Head>& heads = lines_.of_pool(pool).all();
  int room = leases_.pools()[pool].slots - leases_.used(pool);
  std::size_t at = 0;
  for (; at < heads.size() && room > 0; ++at) {
    if (!(heads[at].rank < than)) return std::nullopt;
    const Head& head = heads[at];
    if (!scene.counts(head.critical)) continue;
    if (!(head.rank < from) && may_pass(scene, lines_.line(head.line).key, head.rank, fronts_)) {
      marks_.looked_at(pool, head.rank);
      return head.rank;
    }
    room -= head.weight;
  }
  if (at == heads.size()) return std::nullopt;
  // Behind them only who ends before those ahead of him could start.
  const auto one = best_short(pool, scene, std::max(from, heads[at].rank), than);
  if (one) marks_.looked_at(pool, *one);
  return one;
}

/// The best who is short enough to start in a pool without room, and whose rank lies in
/// [from, than).
std::optional<Rank> AdmissionQueue::best_short(PoolIndex pool, const Scene& scene, const Rank& from,
                                               const Rank& than) const {
  Rank best = than;
  const Bars& bars = fronts_.bars(pool);
  const Heads& heads = lines_.of_pool(pool);
  std::array<Descent, kClasses> highest{};
  for (std::size_t at = 0; at < kClasses; ++at) {
    highest[at] = Descent(bars.highest_of(static_cast<Priority>(at)));
  }
  const Front& front = fronts_.front(pool);
  for (const std::uint32_t at : front.fitting()) {
    const Front::Outlook& one = front.outlooks()[at];
    if (!(one.rank < best)) break;
    const Heads::Kind& kind = heads.kind(one.kind);
    const Rank& first = std::max(from, one.rank);
    Descent& most = highest[static_cast<std::size_t>(one.priority)];
    if (most.latest(first) < saturating_add(scene.now, kind.shortest)) continue;
    const auto untouched = leases_.untouched_by({pool, heads.key(one.kind).weight}, one.priority);
    const Instant limit = Descent(bars.of(untouched)).latest(first);
    for (const Heads::ByLength& line : kind.lines) {
      const Instant end = saturating_add(scene.now, line.length);
      if (limit < end) break;
      if (line.rank < from || !(line.rank < best)) continue;
      if (bars.until(line.rank, untouched) < end) continue;
      if (may_pass(scene, lines_.line(line.line).key, line.rank, fronts_)) best = line.rank;
    }
  }
  return best == than ? std::nullopt : std::optional(best);
}

/// The best of those that have come; who may not start now is forgotten.
Rank AdmissionQueue::look_at_arrivals(const Scene& scene) {
  Rank best = kWorstRank;
  std::erase_if(marks_.arrivals(), [&](const Marks::Arrival& arrival) {
    const Line& line = lines_.line(arrival.line);
    if (line.ranks.empty() || line.head() != arrival.rank) return true;
    if (!may_pass(scene, line.key, arrival.rank, fronts_)) return true;
    best = std::min(best, arrival.rank);
    return false;
  });
  return best;
}

/// Nobody is held; only that others may not count.
std::optional<Rank> AdmissionQueue::look_without_pool(const Scene& scene, const Rank& than) {
  marks_.looked_at(no_pool(), than == kWorstRank ? than : std::max(marks_.from(no_pool()), than));
  for (const Head& head : lines_.of_pool(no_pool()).all()) {
    if (!scene.counts(head.critical)) continue;
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
  Fronts others;  // while those who do not count are left out, or not
  if (among != last_among_) others.resize(leases_.pools().size());
  Fronts& fronts = among == last_among_ ? fronts_ : others;
  fronts.bring_up_to_date(scene);
  std::vector<Rank> behind;
  for (const Use& use : *key.uses) {
    for (const auto& [rank, earliest] : one.delayed_by(use, fronts)) {
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
