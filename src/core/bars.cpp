#include "core/bars.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace takt::core {

std::optional<Rank> Bars::work_out(const Front& front, const std::vector<Lacking>& tied) {
  const std::vector<Front::Tier>& fronts = front.tiers();
  if (!fronts.empty() && fronts.size() != tiers_.size()) tiers_.resize(fronts.size());
  std::optional<Rank> laxer;
  for (std::size_t at = 0; at < tiers_.size(); ++at) {
    Tier& tier = tiers_[at];
    std::swap(tier.bars, tier.before);
    tier.bars.clear();
    if (fronts.empty()) continue;
    go_down(fronts[at], tied, tier.bars);
    const std::optional<Rank> from = laxer_from(tier);
    if (from) laxer = laxer ? std::min(*laxer, *from) : *from;
  }
  for (std::size_t at = 0, priority = 0; at < fronts.size(); ++at) {
    while (priority <= static_cast<std::size_t>(fronts[at].lowest)) tier_of_[priority++] = at;
  }
  return laxer;
}

/// As long as nobody is held, who lacks units bars others until he has them. What is lacking in tied
/// pools contains that, and counts as soon as somebody is held.
void Bars::go_down(const Front::Tier& front, const std::vector<Lacking>& tied,
                   std::vector<Bar>& bars) {
  for (const Lacking& one : front.lacking) {
    if (!(one.rank < front.first_held)) break;
    bars.push_back({one.rank, one.earliest, one.earliest});
  }
  if (front.first_held != kWorstRank) {
    Instant until = Instant::min();  // any moment
    std::size_t at = 0;
    for (; at < tied.size() && tied[at].rank <= front.first_held; ++at) until = tied[at].earliest;
    bars.push_back({front.first_held, until, until});
    for (; at < tied.size(); ++at) {
      const Lacking& one = tied[at];
      if (bars.back().rank == one.rank)
        bars.pop_back();  // of several at one rank the last one counts
      bars.push_back({one.rank, one.earliest, one.earliest});
    }
  }
  for (std::size_t at = bars.size(); at-- > 1;) {
    bars[at - 1].latest = std::max(bars[at - 1].until, bars[at].latest);
  }
}

std::optional<Rank> Bars::laxer_from(const Tier& tier) {
  const std::vector<Bar>& bars = tier.bars;
  const std::vector<Bar>& before = tier.before;
  Instant until = Instant::max();
  Instant until_before = Instant::max();
  for (std::size_t i = 0, j = 0; i < bars.size() || j < before.size();) {
    const Rank at = i == bars.size()     ? before[j].rank
                    : j == before.size() ? bars[i].rank
                                         : std::min(bars[i].rank, before[j].rank);
    if (i < bars.size() && bars[i].rank == at) until = bars[i++].until;
    if (j < before.size() && before[j].rank == at) until_before = before[j++].until;
    if (until > until_before) return at;
  }
  return std::nullopt;
}

/// Untouched are all from some class on.
const std::vector<Bars::Bar>& Bars::of(Leases::ClassSet untouched) const {
  if (untouched == 0) return tiers_.back().bars;
  return tiers_[tier_of_[static_cast<std::size_t>(std::countr_zero(untouched)) - 1]].bars;
}

const std::vector<Bars::Bar>& Bars::highest_of(Priority priority) const {
  return tiers_[tier_of_[static_cast<std::size_t>(priority)]].bars;
}

Instant Bars::until(const Rank& rank, Leases::ClassSet untouched) const {
  const std::vector<Bar>& bars = of(untouched);
  const auto behind = std::ranges::lower_bound(bars, rank, {}, &Bar::rank);
  return behind == bars.begin() ? Instant::max() : (behind - 1)->until;
}

}  // namespace takt::core
