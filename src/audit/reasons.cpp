#include "audit/reasons.h"

#include <fmt/format.h>

#include "audit/judges.h"
#include "audit/ledger.h"

namespace takt::audit {
namespace {

using core::Disposition;
using core::Reason;

constexpr SlotNumber kSlotsWalked = 200'000;  // of one range; of longer ones the ends are looked at

/// Whether a run or range that did not start has a gate that said no.
bool has_reading(const core::Gates& gates, std::optional<core::GateName> gate) {
  for (const core::Gate& each : gates) {
    const bool no = each.answer == core::GateAnswer::skip || each.answer == core::GateAnswer::hold;
    if (no && (!gate || each.gate == *gate)) return true;
  }
  return false;
}

/// All slots of one job that did not run.
class ReasonJudge {
 public:
  ReasonJudge(const Scene& scene, const JobFacts& job, Findings& findings)
      : scene_(scene),
        job_(job),
        findings_(findings),
        paused_(paused_spans(scene, job)),
        quarantined_(quarantined_spans(scene, job)),
        open_(open_spans(job)),
        down_(down_spans(scene)),
        store_(store_spans(scene)),
        draining_(draining_spans(scene)) {}

  void judge() {
    for (const Decided& decided : ledger_of(job_)) {
      if (decided.unclear) continue;
      const auto wrong = decided.range != nullptr ? judge_range(decided) : judge_run(*decided.run);
      if (wrong.empty()) continue;
      findings_.add({Verdict::lost,
                     job_.name,
                     decided.run != nullptr ? std::optional(decided.run->row.run) : std::nullopt,
                     fmt::format("{}: slots {}..{} from {}: {}", job_.name, decided.first,
                                 decided.last, format_rfc3339(decided.at), wrong),
                     {}});
    }
  }

 private:
  /// Every slot of the range lies in a span, give or take how late it may be decided.
  bool covered(const Decided& decided, const Spans& spans) const {
    const auto in_span = [&](WallTime at) {
      const auto by = std::max(at, std::min(decided.decided_at, at + kStartTolerance));
      return spans.touches(at - kGrain, by + kGrain);
    };
    if (decided.last - decided.first > kSlotsWalked) {
      return in_span(decided.at) && in_span(decided.last_at);
    }
    WallTime at = decided.at;
    for (SlotNumber number = decided.first; number < decided.last; ++number) {
      if (!in_span(at)) return false;
      at = following(scene_, job_, number, at).value_or(decided.last_at);
    }
    return in_span(decided.last_at);
  }

  std::string judge_range(const Decided& decided) const {
    const core::SlotsRow& row = *decided.range;
    switch (row.disposition) {
      case Disposition::skipped:
        return judge_skip(decided, row.reason, row.gates);
      case Disposition::missed:
        return judge_miss(decided, row.reason, row.gates);
      case Disposition::coalesced:
        return judge_coalesced(decided, row);
      case Disposition::cancelled:
        return row.reason ? "" : "cancelled by nobody";
      case Disposition::ran:
        return "they ran, but there is no run";
    }
    return "";
  }

  std::string judge_skip(const Decided& decided, std::optional<Reason> reason,
                         const core::Gates& gates) const {
    if (!reason) return "skipped without a reason";
    const auto unless = [&](bool legal, const char* evidence) {
      return legal ? std::string() : fmt::format("skipped({}), but {}", word(*reason), evidence);
    };
    switch (*reason) {
      case Reason::disabled: {
        const bool is_off = job_.spec == nullptr || !job_.spec->enabled ||
                            !job_.spec->problem.empty() || has_problem_event();
        return unless(is_off || scene_.may_have_changed_since(decided.last_at), "it is enabled");
      }
      case Reason::paused:
        return unless(covered(decided, paused_), "nobody had paused it");
      case Reason::quarantined:
        return unless(covered(decided, quarantined_), "it was not quarantined");
      case Reason::overlap:
        return unless(covered(decided, open_), "no run of it was open");
      case Reason::memory:
        return unless(has_reading(gates, core::GateName::memory), "no reading of memory said so");
      case Reason::dep_timeout:
      case Reason::dep_failed:
        return unless(has_reading(gates, core::GateName::dependencies), "nothing it needs said so");
      default:
        return unless(has_reading(gates, std::nullopt), "no gate said so");
    }
  }

  bool has_problem_event() const {
    for (const auto& event : scene_.events) {
      if (event.kind == core::EventKind::problem && event.job == job_.name) return true;
    }
    return false;
  }

  std::string judge_miss(const Decided& decided, std::optional<Reason> reason,
                         const core::Gates& gates) const {
    if (!reason) return "missed without a reason";
    const auto unless = [&](bool legal, const char* evidence) {
      return legal ? std::string() : fmt::format("missed({}), but {}", word(*reason), evidence);
    };
    switch (*reason) {
      case Reason::down:
        return unless(covered(decided, down_), "a daemon was there to start them");
      case Reason::start_within:
        return unless(was_too_late(decided), "there was time to start");
      case Reason::draining:
        return unless(has_reading(gates, core::GateName::node) || covered(decided, draining_),
                      "the node was not draining");
      case Reason::store:
        return unless(has_reading(gates, core::GateName::store) || covered(decided, store_),
                      "rows could be written");
      case Reason::pool:
        return unless(
            has_reading(gates, core::GateName::pools) || has_reading(gates, core::GateName::turn),
            "no pool held it");
      default:
        return unless(has_reading(gates, std::nullopt), "no gate said so");
    }
  }

  /// The time to start was over when it was decided.
  bool was_too_late(const Decided& decided) const {
    if (job_.spec == nullptr || scene_.may_have_changed_since(decided.last_at)) return true;
    const auto next = following(scene_, job_, decided.last, decided.last_at);
    std::optional<WallTime> deadline = next;
    if (job_.spec->start_within) deadline = decided.last_at + *job_.spec->start_within;
    if (deadline && next) deadline = std::min(*deadline, *next);
    return !deadline || decided.decided_at + kGrain >= *deadline;
  }

  std::string judge_coalesced(const Decided& decided, const core::SlotsRow& row) const {
    if (!row.run) return "coalesced into nothing";
    const auto found = scene_.runs.find(*row.run);
    if (found == scene_.runs.end()) {
      const bool deleted = job_.trimmed && *row.run < job_.runs_from;
      return deleted ? ""
                     : fmt::format("coalesced into run {}, which is not there", row.run->value);
    }
    const RunFacts& run = found->second;
    if (run.row.job != job_.name) {
      return fmt::format("coalesced into run {} of another job", row.run->value);
    }
    if (run.unclear) return "";
    if (run.row.ended_at && *run.row.ended_at + kGrain < decided.last_at) {
      return fmt::format("coalesced into run {}, which had ended before", row.run->value);
    }
    if (run.row.queued_at > decided.decided_at + kGrain) {
      return fmt::format("coalesced into run {}, which was made later", row.run->value);
    }
    const bool idle =
        run.is_ended() && run.attempts.empty() && run.row.disposition == Disposition::ran;
    if (idle) return fmt::format("coalesced into run {}, which never started", row.run->value);
    if (row.reason == Reason::down && !covered(decided, down_)) {
      return "coalesced(down), but a daemon was there to start them";
    }
    return "";
  }

  /// A run that was given up before its first attempt.
  std::string judge_run(const RunFacts& run) const {
    const core::RunRow& row = run.row;
    if (!run.is_ended() || !row.disposition || *row.disposition == Disposition::ran) return "";
    Decided decided{*row.slot_number,
                    *row.slot_number,
                    *row.slot_at,
                    *row.slot_at,
                    row.ended_at.value_or(row.queued_at),
                    &run,
                    nullptr,
                    false};
    switch (*row.disposition) {
      case Disposition::skipped:
        // A gate that closed while it waited.
        decided.at = decided.last_at = decided.decided_at;
        return judge_skip(decided, row.reason, row.gates);
      case Disposition::missed:
        if (row.reason == Reason::down && started_between(*row.slot_at, decided.decided_at)) {
          return "";
        }
        if (row.reason == Reason::draining || row.reason == Reason::store) {
          decided.at = decided.last_at = decided.decided_at;
        }
        return judge_miss(decided, row.reason, row.gates);
      case Disposition::cancelled:
        return judge_cancelled(run);
      case Disposition::coalesced:
      case Disposition::ran:
        return "";
    }
    return "";
  }

  bool started_between(WallTime from, WallTime to) const {
    for (const Presence& presence : scene_.presences) {
      if (presence.from >= from && presence.from <= to + kStartTolerance) return true;
    }
    return false;
  }

  std::string judge_cancelled(const RunFacts& run) const {
    if (!run.row.reason) return "cancelled by nobody";
    if (*run.row.reason == Reason::overlap && job_.spec != nullptr &&
        job_.spec->overlap != core::Overlap::replace &&
        !scene_.may_have_changed_since(WallTime{})) {
      return "cancelled(overlap), but its overlap is not \"replace\"";
    }
    if (*run.row.reason == Reason::reload && !scene_.may_have_changed_since(WallTime{})) {
      return "cancelled(reload), but nothing was reloaded";
    }
    return "";
  }

  const Scene& scene_;
  const JobFacts& job_;
  Findings& findings_;
  Spans paused_;
  Spans quarantined_;
  Spans open_;
  Spans down_;
  Spans store_;
  Spans draining_;
};

}  // namespace

void judge_reasons(const Scene& scene, Findings& findings) {
  for (const auto& [name, job] : scene.jobs) {
    if (!job.off_the_line && !job.unclear) ReasonJudge(scene, job, findings).judge();
  }
}

}  // namespace takt::audit
