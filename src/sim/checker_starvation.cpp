#include "sim/checker_starvation.h"

#include <fmt/format.h>

#include <algorithm>

namespace takt::sim {
namespace {

constexpr int kClassesOfWaiting = 3;  // 3 x ageing
constexpr int kLengthsPassed = 5;     // by those who pass
constexpr Duration kAskAgain = std::chrono::minutes{1};

}  // namespace

/// Its own rank where that is lawful, whatever its row says.
Instant StarvationCheck::own_place(const BookRun& run) const {
  return run.ranks_by_law ? run.own_rank : book_.rank_of_its_slot(run);
}

/// Whose units are whose by right is seen when they are taken: those who lend may give up later.
void StarvationCheck::note_places() {
  for (const Token token : book_.turn().started) {
    const auto lease = book_.leases.find(token);
    if (lease == book_.leases.end()) continue;
    const BookRun* run = book_.find(lease->second.run);
    if (run != nullptr) lease->second.place = place(*run);
  }
}

Instant StarvationCheck::place(const BookRun& run) const {
  return std::min(own_place(run), lent_by_law(run).value_or(Instant::max()));
}

/// The best rank that those who wait for the run have to lend, themselves or from others; what its row
/// says where it is not known who waits.
std::optional<Instant> StarvationCheck::lent_by_law(const BookRun& to) const {
  if (!to.lent_rank) return std::nullopt;
  std::optional<Instant> best;
  for (const auto& [id, from] : book_.runs) {
    const bool waits =
        std::ranges::any_of(from.joins, [&](const Join& join) { return join.upstream == to.id; });
    if (from.over || !waits) continue;
    const auto lent = lent_by_law(from);
    const Instant own = std::max(own_place(from), book_.rank_of_its_slot(from));
    best = std::min(best.value_or(Instant::max()), std::min(own, lent.value_or(Instant::max())));
  }
  return best ? best : to.lent_rank;
}

/// Nobody of better rank stands between the run and its units any more, and those behind it have them:
/// they started after it could have, and none is longer at it than was to be expected.
bool StarvationCheck::is_starved(const BookRun& run) const {
  const Instant rank = own_place(run);
  bool is_passed = false;
  for (const auto& [token, lease] : book_.leases) {
    if (!share_pool(*lease.units, *context_.spec(run.job).uses)) continue;
    const bool is_behind = lease.place > rank && lease.since > *run.eligible_since;
    if (!is_behind || lease.expected_end < context_.now) return false;
    is_passed = true;
  }
  for (const auto& [id, other] : book_.runs) {
    const bool is_ahead = !other.over && id != run.id && !book_.has_attempt(id) &&
                          place(other) <= rank && book_.share_pool(run, other);
    if (is_ahead) return false;
  }
  return is_passed;
}

void StarvationCheck::watch(const BookRun& run) {
  if (context_.spec(run.job).uses->empty()) return;
  context_.require(
      saturating_add(book_.turn().at, kClassesOfWaiting * context_.fleet.ageing + kAskAgain),
      Duty::not_starved, run.id.value);
}

void StarvationCheck::missed_turn(RunId id) {
  const BookRun* run = book_.find(id);
  if (run == nullptr || run->over || book_.has_attempt(id) || !run->eligible_since) return;
  // Lengths are expected, not known: whoever passed it may have been at it for longer.
  Duration longest{0};
  for (JobIndex job = 0; job < book_.jobs.size(); ++job) {
    if (!context_.spec(job).uses->empty()) longest = std::max(longest, book_.length_of(job));
  }
  // Nothing turns over while nobody is there.
  const Instant since =
      std::max({*run->eligible_since, context_.excused_until, context_.awake_since});
  const Instant due = since + kClassesOfWaiting * context_.fleet.ageing + kLengthsPassed * longest;
  if (context_.now > due && !context_.draining && is_starved(*run)) {
    context_.violation("L6", fmt::format("{}: run {} starves behind runs of worse rank",
                                         context_.name(run->job), id.value));
    return;
  }
  context_.require(std::max(due, context_.now) + kAskAgain, Duty::not_starved, id.value);
}

}  // namespace takt::sim
