#include "sim/checker_slots.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/match.h"
#include "sim/cron_oracle.h"

namespace takt::sim {
namespace {

constexpr std::size_t kRangesKept = 4;
/// Rules that come more rarely are not for a simulation: beyond this the oracle stops looking.
constexpr std::chrono::days kLongestWait{1000};

std::string shown(Instant at) { return format_rfc3339(WallTime{at.time_since_epoch()}); }

}  // namespace

SlotCheck::SlotCheck(CheckContext& context) : context_(context), next_(context.fleet.jobs.size()) {
  for (JobIndex job = 0; job < next_.size(); ++job) {
    const core::JobSpec& spec = context_.spec(job);
    if (std::holds_alternative<core::Manual>(spec.schedule)) continue;
    if (follows_the_wall(job)) {
      next_[job].name = name_after(job, WallTime{context_.origin.time_since_epoch()} - Duration{1});
      require(job);
      continue;
    }
    const bool is_after = std::holds_alternative<core::After>(spec.schedule);
    next_[job].due = context_.origin + (is_after ? Duration{0} : core::phase(spec));
    next_[job].due_last = next_[job].due;
    require(job);
  }
}

bool SlotCheck::follows_the_wall(JobIndex job) const {
  return core::follows_the_wall(context_.spec(job).schedule);
}

std::optional<WallTime> SlotCheck::name_after(JobIndex job, WallTime name) const {
  const core::JobSpec& spec = context_.spec(job);
  const Duration spread = core::phase(spec);  // its share of jitter
  if (const auto* at = std::get_if<core::At>(&spec.schedule)) {
    return at->at + spread > name ? std::optional{at->at + spread} : std::nullopt;
  }
  const auto after = std::chrono::floor<std::chrono::seconds>(name - spread);
  const auto found =
      next_by_hand(*std::get<core::Cron>(spec.schedule).rule, after, after + kLongestWait);
  return found ? std::optional{WallTime{*found} + spread} : std::nullopt;
}

void SlotCheck::wall_moved() {
  for (JobIndex job = 0; job < next_.size(); ++job) {
    if (follows_the_wall(job)) require(job);
  }
}

bool SlotCheck::waits_for_the_clock(JobIndex job, Duration interval) const {
  const auto& name = next_[job].name;
  if (!follows_the_wall(job)) return false;
  return !name ||
         Instant{name->time_since_epoch() - context_.wall_offset} > context_.now + interval;
}

/// The clock that there is now says when the slot is due; what it has just stepped over is due now.
void SlotCheck::require_by_the_wall(JobIndex job) {
  Next& next = next_[job];
  if (!next.name) return;
  const Instant due{next.name->time_since_epoch() - context_.wall_offset};
  const bool is_ahead = due > context_.now;
  next.owed_since = is_ahead ? due : std::min(next.owed_since.value_or(context_.now), context_.now);
  context_.require(std::max(due, context_.now) + kStartTolerance, Duty::slot_decided, job,
                   next.number);
}

void SlotCheck::require(JobIndex job) {
  if (follows_the_wall(job)) return require_by_the_wall(job);
  const Next& next = next_[job];
  if (!next.due_last) return;
  context_.require(*next.due_last + kStartTolerance, Duty::slot_decided, job, next.number);
}

void SlotCheck::missed(JobIndex job, SlotNumber number) {
  const Next& next = next_[job];
  if (follows_the_wall(job)) {
    if (next.number != number || !next.name) return;
    // It was expected sooner by another clock.
    if (*next.owed_since + kStartTolerance >= context_.now) return require(job);
    context_.violation("S1", fmt::format("{}: slot {} of {} is due and nothing became of it",
                                         context_.name(job), number, format_rfc3339(*next.name)));
    return;
  }
  if (next.number != number || !next.due_last) return;
  // The end of an open run moves the slot; it is demanded again then.
  const bool is_after = std::holds_alternative<core::After>(context_.spec(job).schedule);
  if (is_after && next.has_open_run) return;
  if (*next.due_last + kStartTolerance >= context_.now) {
    require(job);  // an `after` slot that moved
    return;
  }
  // What was due while nobody could start it is to be answered first of all.
  const bool slept_through = *next.due_last <= context_.awake_since;
  context_.violation(slept_through ? "L8" : "S1",
                     fmt::format("{}: slot {} was due at {} and nothing became of it",
                                 context_.name(job), number, shown(*next.due_last)));
}

void SlotCheck::run_made(const core::RunRow& row, JobIndex job) {
  next_[job].has_open_run = true;
  if (row.slot_number && row.slot_at) {
    const Instant due = context_.on_line(*row.slot_at);
    decisions_.push_back({job, *row.slot_number, *row.slot_number, due, due, std::nullopt,
                          *row.slot_at, *row.slot_at});
    return;
  }
  if (row.cause == core::Cause::schedule || row.cause == core::Cause::catchup) {
    context_.violation(
        "S5", fmt::format("{}: run {} is scheduled and has no slot", row.job, row.run.value));
  }
}

void SlotCheck::line_went_back() {
  for (Next& next : next_) {
    // Counted from a slot that now lies ahead, until the open run's end says better.
    if (next.has_open_run && !next.due_last) next.due = std::min(next.due, context_.now);
  }
}

void SlotCheck::run_ended(JobIndex job, Instant at, bool has_open_run) {
  next_[job].has_open_run = has_open_run;
  ends_.push_back({job, at});
}

void SlotCheck::slots(const core::SlotsRow& row, JobIndex job) {
  auto& ranges = next_[job].ranges;
  SlotNumber first = row.first;
  Instant at = context_.on_line(row.at);
  WallTime name = row.at;
  const auto known = ranges.find(row.first);
  if (known != ranges.end()) {
    if (row.last <= known->second) return;  // the same row again
    first = known->second + 1;              // it grew
    at = next_[job].due;
    name = next_[job].name.value_or(name);
  }
  ranges[row.first] = row.last;
  if (ranges.size() > kRangesKept) ranges.erase(ranges.begin());
  decisions_.push_back({job, first, row.last, at, context_.on_line(row.last_at),
                        context_.on_line(row.decided_at), name, row.last_at});
}

void SlotCheck::batch_done() {
  std::ranges::stable_sort(decisions_, {},
                           [](const Decision& d) { return std::pair{d.job, d.first}; });
  for (const Decision& decision : decisions_) judge(decision);
  decisions_.clear();
  for (const End& end : ends_) {
    const auto* after = std::get_if<core::After>(&context_.spec(end.job).schedule);
    if (after == nullptr) continue;
    next_[end.job].due = end.at + after->delay;
    next_[end.job].due_last = next_[end.job].due;
    require(end.job);
  }
  ends_.clear();
}

void SlotCheck::judge(const Decision& decision) {
  Next& next = next_[decision.job];
  const std::string_view name = context_.name(decision.job);
  if (decision.first < next.number || decision.last < decision.first) {
    context_.violation("S5", fmt::format("{}: slots {}..{} are decided again (next is {})", name,
                                         decision.first, decision.last, next.number));
    return;
  }
  if (decision.first > next.number) {
    context_.violation("S1", fmt::format("{}: slot {} was passed over, {} is decided", name,
                                         next.number, decision.first));
  } else if (!follows_the_wall(decision.job)) {
    check_instants(next, decision);
  }
  if (decision.last_at > context_.now) {
    context_.violation("S5", fmt::format("{}: slot {} of {} is decided before it is due", name,
                                         decision.last, shown(decision.last_at)));
  }
  if (follows_the_wall(decision.job)) {
    judge_names(next, decision);
  } else {
    step(next, decision);
  }
  require(decision.job);
}

void SlotCheck::judge_names(Next& next, const Decision& decision) {
  const auto expect = [&](std::optional<WallTime> name, WallTime told, SlotNumber number) {
    if (name == told) return;
    context_.violation(
        "S5", fmt::format("{}: slot {} is {}, not {}", context_.name(decision.job), number,
                          name ? format_rfc3339(*name) : "none at all", format_rfc3339(told)));
  };
  std::optional<WallTime> name = decision.first > next.number ? decision.name : next.name;
  expect(name, decision.name, decision.first);
  for (SlotNumber number = decision.first; name && number < decision.last; ++number) {
    name = name_after(decision.job, *name);
  }
  expect(name, decision.last_name, decision.last);
  next.number = decision.last + 1;
  next.owed_since.reset();
  next.name = name_after(decision.job, decision.last_name);
}

void SlotCheck::check_instants(const Next& next, const Decision& decision) {
  const auto expect_within = [&](Instant first, Instant last, Instant told, SlotNumber number) {
    if (told >= first && told <= last) return;
    context_.violation("S5", fmt::format("{}: slot {} lies between {} and {}, not at {}",
                                         context_.name(decision.job), number, shown(first),
                                         shown(last), shown(told)));
  };
  expect_within(next.due, next.due_last.value_or(Instant::max()), decision.at, decision.first);
  const auto steps = decision.last - decision.first;
  std::visit(
      Match{[&](const core::Manual&) {
              context_.violation(
                  "S5", fmt::format("{} has slots and no schedule", context_.name(decision.job)));
            },
            [&](const core::Every& every) {
              const Instant last = decision.at + steps * every.interval;
              expect_within(last, last, decision.last_at, decision.last);
            },
            [&](const core::EveryBetween& range) {
              expect_within(decision.at + steps * range.shortest,
                            decision.at + steps * range.longest, decision.last_at, decision.last);
            },
            [&](const core::After&) {
              expect_within(decision.at, decision.at, decision.last_at, decision.last);
            },
            // Judged by name.
            [](const core::Cron&) {}, [](const core::At&) {}},
      context_.spec(decision.job).schedule);
}

void SlotCheck::step(Next& next, const Decision& decision) {
  const core::JobSpec& spec = context_.spec(decision.job);
  const Instant last_at = decision.last_at;
  next.number = decision.last + 1;
  std::visit(Match{[](const core::Manual&) {},
                   [&](const core::Every& every) {
                     next.due = last_at + every.interval;
                     next.due_last = next.due;
                   },
                   [&](const core::EveryBetween& range) {
                     const auto drawn =
                         core::next_slot(spec, context_.origin, {decision.last, last_at});
                     const Duration interval = drawn ? drawn->due - last_at : Duration{0};
                     if (interval < range.shortest || interval > range.longest) {
                       context_.violation("S5", fmt::format("{}: slot {} is drawn out of bounds",
                                                            spec.name, next.number));
                     }
                     next.due = last_at + interval;
                     next.due_last = next.due;
                   },
                   [&](const core::After& after) {
                     next.due = last_at + after.delay;
                     next.due_last.reset();  // follows from the end of the open run
                     if (!decision.decided_at || next.has_open_run) return;
                     // From the slot that did not run, or from the decision when that was late.
                     next.due_last = std::max(last_at, *decision.decided_at) + after.delay;
                   },
                   [](const core::Cron&) {}, [](const core::At&) {}},
             spec.schedule);
}

}  // namespace takt::sim
