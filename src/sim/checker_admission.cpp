#include "sim/checker_admission.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace takt::sim {
namespace {

constexpr std::string_view kLaw = "S15";
constexpr std::size_t kJudgedMax = 48;  // the reference is slow
constexpr std::size_t kOpenMax = 400;   // of a large fleet it is asked for nothing

}  // namespace

void AdmissionCheck::turn(const ToldFacts& told) {
  for (const RunId id : book_.turn().made) {
    BookRun& run = *book_.find(id);
    run.ranks_by_law = is_of_its_class(run) && is_lawful(run);
    if (!run.ranks_by_law) complain_of_rank(run);
  }
  starvation_.note_places();
  sort(told);
  const Book::Turn& turn = book_.turn();
  const bool is_known = told.working && !told.store_fails && !turn.by_hand && !turn.muddled;
  const bool has_clear_leases = std::ranges::none_of(book_.leases, [](const auto& entry) {
    return entry.second.unclear && !entry.second.units->empty();
  });
  if (is_known && has_clear_leases && unclear_.size() <= 1 && eligible_.size() <= kJudgedMax) {
    compare();
  }
}

/// Own rank = due time + class x ageing; the due time is that of the oldest slot missed in waiting.
bool AdmissionCheck::is_lawful(const BookRun& run) const {
  if (run.own_rank == book_.rank_of_its_slot(run)) return true;
  if (!run.slot_due) return false;
  const Duration behind = static_cast<int>(run.priority) * context_.fleet.ageing;
  const auto is_due = [&](std::optional<Instant> at) { return at && run.own_rank == *at + behind; };
  const BookJob& job = book_.jobs[run.job];
  if (is_due(job.waiting_due) || is_due(job.waited_due)) return true;
  return std::ranges::any_of(book_.turn().over, [&](RunId id) {
    const BookRun& other = *book_.find(id);
    return other.job == run.job && other.over->disposition == core::Disposition::missed &&
           is_due(other.slot_due);
  });
}

bool AdmissionCheck::is_of_its_class(const BookRun& run) const {
  const bool is_rescue = run.cause == core::Cause::recovery || run.cause == core::Cause::health;
  return is_rescue || run.priority == context_.spec(run.job).priority;
}

void AdmissionCheck::complain_of_rank(const BookRun& run) {
  const core::JobSpec& spec = context_.spec(run.job);
  if (!is_of_its_class(run)) {
    context_.violation(kLaw, fmt::format("{}: run {} is of class {}, not {}", spec.name,
                                         run.id.value, word(run.priority), word(spec.priority)));
    return;
  }
  if (core::follows_the_wall(spec.schedule) && run.slot_due) return;  // a step moves what it is due
  const Instant lawful = book_.rank_of_its_slot(run);
  context_.violation(
      kLaw, fmt::format("{}: run {} has the rank of {}, not of {}", spec.name, run.id.value,
                        format_rfc3339(WallTime{run.own_rank.time_since_epoch()}),
                        format_rfc3339(WallTime{lawful.time_since_epoch()})));
}

bool AdmissionCheck::stands(const BookRun& run) const {
  if (run.over || run.cancelled || book_.has_attempt(run.id) || book_.is_blocked(run)) return false;
  if (run.state == core::RunState::waiting) return true;
  return run.state == core::RunState::retrying && run.retry_at && *run.retry_at <= context_.now &&
         *run.retry_at <= book_.turn().at;
}

AdmissionCheck::Own AdmissionCheck::own_gates(const BookRun& run, const ToldFacts& told) const {
  if (run.forced) return Own::passes;
  if (!book_.can_bring(run.job)) return Own::held;  // paused, quarantined, disabled
  const bool has_memory = !told.is_critical() || context_.spec(run.job).starts_without_memory();
  if (has_memory && needs_.answer(run, book_.turn().at) == NeedsAnswer::pass) return Own::passes;
  return run.eligible_since || run.unclear ? Own::unclear : Own::held;
}

void AdmissionCheck::note(BookRun& run, Own own, const ToldFacts& told) {
  if (own == Own::passes) {
    run.unclear = false;
    if (run.eligible_since) return;
    run.eligible_since = book_.turn().at;
    starvation_.watch(run);
    return;
  }
  const bool needs_others = !context_.spec(run.job).needs->empty();
  run.unclear = own == Own::unclear || (told.is_critical() && needs_others);
  run.eligible_since.reset();
}

void AdmissionCheck::sort(const ToldFacts& told) {
  eligible_.clear();
  unclear_.clear();
  if (book_.runs.size() > kOpenMax) return;
  for (const Token token : book_.turn().started) {
    const auto lease = book_.leases.find(token);
    if (lease == book_.leases.end()) continue;
    const BookRun* run = book_.find(lease->second.run);
    if (run != nullptr) eligible_.push_back(candidate(*run));
  }
  for (auto& [id, run] : book_.runs) {
    const bool was_blocked = std::exchange(run.was_blocked, book_.is_blocked(run));
    if (!stands(run)) {
      if (!book_.has_attempt(id)) run.eligible_since.reset();
      continue;
    }
    const Own own = own_gates(run, told);
    // A retry that stood behind an older run joins in the turn after it.
    const bool joins_later = was_blocked && run.state == core::RunState::retrying;
    note(run, own, told);
    if (own == Own::passes && !joins_later) eligible_.push_back(candidate(run));
    if (own == Own::unclear || joins_later) unclear_.push_back(candidate(run));
  }
}

Candidate AdmissionCheck::candidate(const BookRun& run) const {
  const core::JobSpec& spec = context_.spec(run.job);
  return {run.id, run.rank(), spec.uses, run.priority, rounded(book_.length_of(run.job))};
}

/// Who starts if these wait besides those that can, and `late` ones join when the others have had their
/// turn.
std::vector<RunId> AdmissionCheck::expected(const std::vector<Candidate>& besides,
                                            const std::vector<Candidate>& late) const {
  const auto& started = book_.turn().started;
  std::vector<Held> held;
  held.reserve(book_.leases.size());
  for (const auto& [token, lease] : book_.leases) {
    if (std::ranges::count(started, token) > 0) continue;
    held.push_back({lease.units, lease.priority, lease.expected_end});
  }
  const int room = std::max(0, context_.fleet.max_running - static_cast<int>(held.size()));
  std::vector<Candidate> waiting = eligible_;
  waiting.insert(waiting.end(), besides.begin(), besides.end());
  const auto is_one_of = [](const std::vector<Candidate>& them) {
    return [&](const Candidate& one) {
      return std::ranges::count(them, one.run, &Candidate::run) > 0;
    };
  };
  std::erase_if(waiting, is_one_of(late));
  ReferenceAdmission reference(book_.pools(), std::move(held), std::move(waiting), book_.turn().at);
  std::vector<RunId> runs = reference.started(room);
  if (!late.empty()) {
    reference.join(late);
    for (const RunId id : reference.started(room - static_cast<int>(runs.size()))) {
      runs.push_back(id);
    }
  }
  std::erase_if(runs,
                [&](RunId id) { return std::ranges::count(besides, id, &Candidate::run) > 0; });
  return runs;
}

void AdmissionCheck::compare() {
  if (eligible_.empty()) return;
  turns_judged_ += 1;
  std::vector<Candidate> late;
  for (const Candidate& one : eligible_) {
    const bool is_new = std::ranges::count(book_.turn().made, one.run) > 0;
    if (is_new && book_.find(one.run)->comes_late) late.push_back(one);
  }
  std::vector<std::vector<RunId>> may_be;
  may_be.push_back(expected({}, {}));
  if (!unclear_.empty()) may_be.push_back(expected(unclear_, {}));
  if (!late.empty()) may_be.push_back(expected({}, late));
  const auto in_all = [&](RunId id) {
    return std::ranges::all_of(
        may_be, [&](const auto& runs) { return std::ranges::find(runs, id) != runs.end(); });
  };
  const auto in_any = [&](RunId id) {
    return std::ranges::any_of(
        may_be, [&](const auto& runs) { return std::ranges::find(runs, id) != runs.end(); });
  };
  const Instant at = book_.turn().at;
  for (const Candidate& one : eligible_) {
    BookRun& run = *book_.find(one.run);
    const bool has_started = book_.has_attempt(one.run);
    if (has_started && !in_any(one.run)) complain_of(one.run, may_be.front());
    if (has_started || !in_all(one.run)) {
      run.owed_since.reset();
    } else if (!run.owed_since) {
      run.owed_since = at;
    } else if (*run.owed_since < at) {
      context_.violation(kLaw, fmt::format("{}: run {} could start and does not",
                                           context_.name(run.job), run.id.value));
      run.owed_since = Instant::max();
    }
  }
}

void AdmissionCheck::complain_of(RunId started, const std::vector<RunId>& instead) {
  const BookRun& run = *book_.find(started);
  std::string ahead = "nobody";
  for (const Candidate& other : eligible_) {
    const BookRun& waits = *book_.find(other.run);
    const bool is_ahead = other.run != started && !book_.has_attempt(other.run) &&
                          other.rank < run.rank() && book_.share_pool(run, waits);
    if (is_ahead) ahead = fmt::format("run {} of {}", other.run.value, context_.name(waits.job));
  }
  context_.violation(
      kLaw, fmt::format("{}: run {} may not start yet ({} of better rank waits; {} would start)",
                        context_.name(run.job), started.value, ahead, instead.size()));
}

// --- what is asked by others ---------------------------------------------------------------------

/// Its units are free, by trees that live: what is dead holds nothing, whatever is recorded of it.
bool AdmissionCheck::has_units(const BookRun& run) const {
  std::vector<Held> held;
  held.reserve(book_.leases.size());
  for (const auto& [token, lease] : book_.leases) {
    if (!book_.is_dead(token)) held.push_back({lease.units, lease.priority, lease.expected_end});
  }
  return !ReferenceAdmission(book_.pools(), std::move(held), {candidate(run)}, context_.now)
              .started(1)
              .empty();
}

bool AdmissionCheck::may_be_held(RunId id) const {
  const BookRun* run = book_.find(id);
  if (run == nullptr || book_.is_blocked(*run)) return true;
  const bool is_sorted = book_.runs.size() <= kOpenMax;
  if (is_sorted &&
      (!run->eligible_since || context_.now - *run->eligible_since < kStartTolerance)) {
    return true;
  }
  const core::JobSpec& spec = context_.spec(run->job);
  if (!run->forced) {
    if (told_.now().is_critical() && !spec.starts_without_memory()) return true;
    if (run->unclear || needs_.answer(*run, context_.now) != NeedsAnswer::pass) return true;
  }
  if (spec.uses->empty()) return false;
  if (!has_units(*run)) return true;
  return std::ranges::any_of(book_.runs, [&](const auto& entry) {
    const BookRun& other = entry.second;
    return other.id != id && !other.over && !book_.has_attempt(other.id) &&
           other.rank() <= run->rank() && book_.share_pool(*run, other);
  });
}

}  // namespace takt::sim
