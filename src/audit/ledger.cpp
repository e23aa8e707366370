#include "audit/ledger.h"

#include <fmt/format.h>

#include <algorithm>

#include "audit/judges.h"
#include "audit/reasons.h"
#include "core/schedule.h"

namespace takt::audit {
namespace {

Instant instant(WallTime at) { return Instant{at.time_since_epoch()}; }
WallTime wall(Instant at) { return WallTime{at.time_since_epoch()}; }

bool is_after(const JobFacts& job) {
  return job.spec != nullptr && std::holds_alternative<core::After>(job.spec->schedule);
}

std::string shown(WallTime at) { return format_rfc3339(at); }

/// All laws of one job's ledger.
class LedgerJudge {
 public:
  LedgerJudge(const Scene& scene, const JobFacts& job, Findings& findings)
      : scene_(scene), job_(job), findings_(findings), ledger_(ledger_of(job)) {}

  void judge() {
    judge_numbers();
    judge_order();
    if (job_.spec == nullptr || !follows_the_file(job_)) return;
    if (is_after(job_)) {
      judge_delays();
    } else {
      judge_instants();
    }
    judge_next();
  }

 private:
  void tell(Verdict verdict, const std::string& text, const RunFacts* run = nullptr) {
    findings_.add({verdict,
                   job_.name,
                   run != nullptr ? std::optional(run->row.run) : std::nullopt,
                   job_.name + ": " + text,
                   {}});
  }

  /// Numbers count up by one from 0 to the cursor, each once.
  void judge_numbers() {
    SlotNumber next = ledger_.empty() || job_.trimmed ? first_number() : 0;
    for (const Decided& decided : ledger_) {
      if (decided.first > next) {
        tell(Verdict::lost,
             fmt::format("slots {}..{} have no disposition and no run", next, decided.first - 1));
      }
      if (decided.first < next) {
        tell(Verdict::extra,
             fmt::format("slot {} of {} is decided twice", decided.first, shown(decided.at)),
             decided.run);
      }
      next = std::max(next, decided.last + 1);
    }
    if (!job_.row) return;
    if (job_.row->next_number > next) {
      tell(Verdict::lost, fmt::format("slots {}..{} have no disposition and no run", next,
                                      job_.row->next_number - 1));
    }
    if (job_.row->next_number < next) {
      tell(Verdict::extra, fmt::format("slot {} is decided, but {} is still to come", next - 1,
                                       job_.row->next_number));
    }
  }

  SlotNumber first_number() const {
    if (!ledger_.empty()) return ledger_.front().first;
    return job_.row && job_.trimmed ? job_.row->next_number : 0;
  }

  /// Instants only go forward, and nothing is decided before it is due.
  void judge_order() {
    for (std::size_t i = 0; i < ledger_.size(); ++i) {
      const Decided& decided = ledger_[i];
      if (decided.unclear) continue;
      if (!job_.off_the_line && decided.decided_at + kGrain < decided.last_at) {
        tell(Verdict::extra,
             fmt::format("slot {} of {} is decided before it is due", decided.last,
                         shown(decided.last_at)),
             decided.run);
      }
      if (i > 0 && !ledger_[i - 1].unclear && decided.at <= ledger_[i - 1].last_at) {
        tell(Verdict::extra,
             fmt::format("slot {} of {} does not go forward", decided.first, shown(decided.at)),
             decided.run);
      }
    }
  }

  bool reloaded_between(WallTime from, WallTime to) const {
    return std::ranges::any_of(scene_.reloads, [&](WallTime at) {
      return at + kStartTolerance >= from && at <= to + kStartTolerance;
    });
  }
  bool started_between(WallTime from, WallTime to) const {
    return std::ranges::any_of(scene_.restarts, [&](WallTime at) {
      return at + kStartTolerance >= from && at <= to + kStartTolerance;
    });
  }

  /// Every instant is the schedule's next one.
  void judge_instants() {
    std::optional<WallTime> expected;
    const Decided* before = nullptr;
    bool fitted = false;  // the one before was of the present schedule
    if (!job_.trimmed && job_.row && !job_.off_the_line) {
      expected = first_slot_from(scene_, job_, job_.row->first_loaded_at, 0);
    }
    for (const Decided& decided : ledger_) {
      const bool fits = !expected || decided.at == *expected || is_on_schedule(decided.at);
      if (!decided.unclear) {
        if (!is_excused(before, fitted, decided, fits)) compare(expected, decided, fits);
        judge_range(decided, fits);
      }
      before = &decided;
      fitted = fits;
      expected = following(scene_, job_, decided.last, decided.last_at);
    }
  }

  /// Told from the instant alone; of drawn slots it cannot be.
  bool is_on_schedule(WallTime at) const {
    if (std::holds_alternative<core::EveryBetween>(job_.spec->schedule)) return false;
    return first_slot_from(scene_, job_, at, 0) == at;
  }

  void compare(std::optional<WallTime> expected, const Decided& decided, bool fits) {
    if (!expected || decided.at == *expected) return;
    if (decided.at > *expected) {
      tell(Verdict::lost,
           fmt::format("the slot of {} has no disposition and no run", shown(*expected)));
    }
    if (fits) return;
    tell(Verdict::extra,
         fmt::format("slot {} of {} is no instant of its schedule", decided.first,
                     shown(decided.at)),
         decided.run);
  }

  /// A range has as many slots as its schedule.
  void judge_range(const Decided& decided, bool fits) {
    const SlotNumber steps = decided.last - decided.first;
    const auto* every = std::get_if<core::Every>(&job_.spec->schedule);
    if (steps == 0 || every == nullptr || decided.at + steps * every->interval == decided.last_at) {
      return;
    }
    if (reloaded_between(decided.at, decided.last_at)) return;
    if (!fits && started_between(decided.at, decided.last_at)) return;
    tell(Verdict::lost,
         fmt::format("slots {}..{} from {} to {} are not as many as its schedule has",
                     decided.first, decided.last, shown(decided.at), shown(decided.last_at)));
  }

  /// A cursor that goes on along another schedule: from a reload, or from a start that found
  /// another file. A slot of an older schedule cannot be judged.
  bool is_excused(const Decided* before, bool fitted, const Decided& decided, bool fits) const {
    const WallTime from = before != nullptr ? before->at : WallTime::min();
    if (reloaded_between(from, decided.at)) return true;
    if (!fitted && before != nullptr && started_between(from, decided.at)) return true;
    // Later changes brought the present schedule; this one was another.
    const bool changed_since =
        reloaded_between(decided.at, WallTime::max() - std::chrono::hours{1}) ||
        started_between(decided.at, WallTime::max() - std::chrono::hours{1});
    return !fits && !fitted && changed_since;
  }

  /// `after`: a slot comes its delay after an end, or after the slot that did not run.
  void judge_delays() {
    const auto delay = std::get<core::After>(job_.spec->schedule).delay;
    std::vector<WallTime> anchors;
    for (const RunFacts* run : job_.runs) {
      if (run->row.ended_at) anchors.push_back(*run->row.ended_at);
    }
    for (const Decided& decided : ledger_) {
      anchors.push_back(decided.last_at);
      anchors.push_back(decided.decided_at);
    }
    std::ranges::sort(anchors);
    for (std::size_t i = 1; i < ledger_.size(); ++i) {
      const Decided& decided = ledger_[i];
      if (job_.unclear || job_.trimmed) continue;
      const auto near = std::ranges::lower_bound(anchors, decided.at - delay - kGrain);
      const bool anchored = near != anchors.end() && *near <= decided.at - delay + kGrain;
      const WallTime from = ledger_[i - 1].at;
      const bool resumed = reloaded_between(from, decided.at) || started_between(from, decided.at);
      if (!anchored && !resumed) {
        tell(Verdict::extra,
             fmt::format("slot {} of {} is not {} after an end", decided.first, shown(decided.at),
                         format_duration(delay)),
             decided.run);
      }
    }
  }

  /// What is due by now has been decided, and the cursor stands at the schedule's next slot.
  void judge_next() {
    if (!job_.row) return;
    const WallTime due_by = scene_.until - kStartTolerance - kRecoveryBound;
    if (job_.row->next_at && *job_.row->next_at <= due_by) {
      tell(Verdict::lost, fmt::format("slot {} was due at {} and nothing became of it",
                                      job_.row->next_number, shown(*job_.row->next_at)));
    }
    if (is_after(job_) || ledger_.empty() || ledger_.back().unclear) return;
    const Decided& last = ledger_.back();
    const auto next = following(scene_, job_, last.last, last.last_at);
    if (!next || job_.row->next_at == next || reloaded_between(last.at, scene_.until)) return;
    if (!is_on_schedule(last.at) && started_between(last.at, scene_.until)) return;
    tell(Verdict::lost,
         fmt::format("the next slot is at {}, but the cursor stands at {}", shown(*next),
                     job_.row->next_at ? shown(*job_.row->next_at) : "none"));
  }

  const Scene& scene_;
  const JobFacts& job_;
  Findings& findings_;
  std::vector<Decided> ledger_;
};

/// The origin of every grid is the fleet's first start.
void judge_epoch(const Scene& scene, Findings& findings) {
  if (scene.presences.empty() || !scene.real_time() || !knows_all_events(scene)) return;
  const auto first = scene.presences.front().from;
  const auto moved = std::chrono::abs(scene.fleet.epoch - first);
  if (moved <= kStartTolerance || scene.frames.shift_of(first).unclear) return;
  findings.add({Verdict::lost,
                "",
                std::nullopt,
                fmt::format("the epoch is {}, but the fleet first started at {}: every grid has "
                            "moved",
                            shown(scene.fleet.epoch), shown(first)),
                {}});
}

}  // namespace

std::vector<Decided> ledger_of(const JobFacts& job) {
  std::vector<Decided> ledger;
  for (const RunFacts* run : job.runs) {
    if (!run->row.slot_number || !run->row.slot_at) continue;
    const SlotNumber number = *run->row.slot_number;
    const WallTime at = *run->row.slot_at;
    ledger.push_back({number, number, at, at, run->row.queued_at, run, nullptr, run->unclear});
  }
  for (const core::SlotsRow& range : job.ranges) {
    ledger.push_back({range.first, range.last, range.at, range.last_at, range.decided_at, nullptr,
                      &range, job.unclear_ranges.contains(range.first)});
  }
  std::erase_if(ledger, [&](const Decided& each) { return each.last < job.slots_from; });
  std::ranges::stable_sort(ledger, {}, &Decided::first);
  return ledger;
}

bool follows_the_file(const JobFacts& job) {
  return job.row && job.spec != nullptr &&
         job.row->schedule == core::schedule_fingerprint(*job.spec);
}

std::optional<WallTime> following(const Scene& scene, const JobFacts& job, SlotNumber number,
                                  WallTime at) {
  if (job.spec == nullptr) return std::nullopt;
  if (const auto* every = std::get_if<core::Every>(&job.spec->schedule)) {
    return first_slot_from(scene, job, at + Duration{1}, number + 1).value_or(at + every->interval);
  }
  const auto next =
      core::next_slot(*job.spec, instant(scene.fleet.epoch), core::Slot{number, instant(at)});
  return next ? std::optional(wall(next->due)) : std::nullopt;
}

std::optional<WallTime> first_slot_from(const Scene& scene, const JobFacts& job, WallTime from,
                                        SlotNumber number) {
  if (job.spec == nullptr) return std::nullopt;
  if (const auto* every = std::get_if<core::Every>(&job.spec->schedule)) {
    const WallTime origin = scene.fleet.epoch + core::phase(*job.spec);
    if (from <= origin) return origin;
    const auto k = (from - origin + every->interval - Duration{1}) / every->interval;
    return origin + k * every->interval;
  }
  const auto first = core::first_slot(*job.spec, instant(scene.fleet.epoch), instant(from), number);
  return first ? std::optional(wall(first->due)) : std::nullopt;
}

void judge_ledger(const Scene& scene, Findings& findings) {
  judge_epoch(scene, findings);
  for (const auto& [name, job] : scene.jobs) LedgerJudge(scene, job, findings).judge();
}

}  // namespace takt::audit
