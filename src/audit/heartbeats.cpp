// Heartbeats: stored facts against the fold of the history. Where retention may have taken runs,
// only what is left of them is proof.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "audit/judges.h"
#include "core/retry.h"

namespace takt::audit {
namespace {

using core::Outcome;

class Fold {
 public:
  Fold(const Scene& scene, const JobFacts& job) : scene_(scene), job_(job) {
    for (const RunFacts* run : job.runs) {
      unclear_ |= run->unclear;
      if (run->row.disposition == core::Disposition::ran && run->row.ended_at) {
        settled_.push_back(&run->row);
      }
    }
    std::ranges::stable_sort(settled_, {}, [](const core::RunRow* row) { return *row->ended_at; });
  }

  bool unclear() const { return unclear_; }
  bool has_success() const { return last_success().has_value(); }

  std::optional<WallTime> last_success() const {
    return last([](Outcome outcome) { return outcome == Outcome::ok; });
  }
  std::optional<WallTime> last_failure() const { return last(core::counts_as_failure); }

  /// Of the last run that was settled; several when they were at one instant.
  std::set<Outcome> last_outcomes() const {
    std::set<Outcome> outcomes;
    for (auto at = settled_.rbegin(); at != settled_.rend(); ++at) {
      if ((*at)->ended_at != settled_.back()->ended_at) break;
      if ((*at)->outcome) outcomes.insert(*(*at)->outcome);
    }
    return outcomes;
  }

  /// Since the last success; a resume may have ended a quarantine and what led to it.
  std::set<int> consecutive_failures() const {
    std::set<int> counts{0};
    auto events = scene_.events.begin();
    const auto resumes_until = [&](WallTime at) {
      for (; events != scene_.events.end() && events->at <= at; ++events) {
        const bool mine = events->job.empty() || events->job == job_.name;
        if (mine && events->kind == core::EventKind::resumed) counts.insert(0);
      }
    };
    for (const core::RunRow* row : settled_) {
      resumes_until(*row->ended_at);
      if (row->outcome == Outcome::ok) counts = {0};
      if (!row->outcome || !core::counts_as_failure(*row->outcome)) continue;
      std::set<int> more;
      for (const int count : counts) more.insert(count + 1);
      counts = std::move(more);
    }
    resumes_until(WallTime::max());
    return counts;
  }

 private:
  template <class Wanted>
  std::optional<WallTime> last(Wanted wanted) const {
    for (auto at = settled_.rbegin(); at != settled_.rend(); ++at) {
      if ((*at)->outcome && wanted(*(*at)->outcome)) return (*at)->ended_at;
    }
    return std::nullopt;
  }

  const Scene& scene_;
  const JobFacts& job_;
  std::vector<const core::RunRow*> settled_;  // by end
  bool unclear_ = false;
};

std::string shown(std::optional<WallTime> at) { return at ? format_rfc3339(*at) : "none"; }

class BeatJudge {
 public:
  BeatJudge(const Scene& scene, const JobFacts& job, Findings& findings)
      : job_(job), beat_(*job.heartbeat), fold_(scene, job), findings_(findings) {}

  void judge() {
    judge_alive();
    if (fold_.unclear()) return;
    compare("last_success_at", beat_.last_success_at, fold_.last_success());
    compare("last_failure_at", beat_.last_failure_at, fold_.last_failure());
    judge_outcome();
    judge_failures();
  }

 private:
  void tell(const std::string& text) {
    findings_.add({Verdict::heartbeat, job_.name, std::nullopt, job_.name + ": " + text, {}});
  }

  void compare(const char* field, std::optional<WallTime> stored, std::optional<WallTime> folded) {
    if (stored == folded) return;
    if (job_.trimmed && !folded) return;
    tell(fmt::format("{} is {}, its history says {}", field, shown(stored), shown(folded)));
  }

  void judge_outcome() {
    const auto outcomes = fold_.last_outcomes();
    if (outcomes.empty() && (job_.trimmed || !beat_.last_outcome)) return;
    if (beat_.last_outcome && outcomes.contains(*beat_.last_outcome)) return;
    tell(fmt::format("last_outcome is {}, its history says {}",
                     beat_.last_outcome ? word(*beat_.last_outcome) : "none",
                     outcomes.empty() ? "none" : word(*outcomes.begin())));
  }

  void judge_failures() {
    const auto counts = fold_.consecutive_failures();
    const bool more_before = job_.trimmed && !fold_.has_success();
    if (counts.contains(beat_.consecutive_failures)) return;
    if (more_before && beat_.consecutive_failures > *counts.rbegin()) return;
    tell(fmt::format("{} consecutive failures, its history says {}", beat_.consecutive_failures,
                     *counts.rbegin()));
  }

  /// run, attempt and pid are those of an attempt that is open; none when none is.
  void judge_alive() {
    const AttemptFacts* open = nullptr;
    for (const AttemptFacts* attempt : job_.attempts) {
      if (attempt->is_over()) continue;
      open = attempt;
      if (beat_.run == attempt->row.run) break;
    }
    if (!beat_.run && open == nullptr) return;
    if (!beat_.run) {
      tell(fmt::format("run {} attempt {} is open, but the heartbeat names none",
                       open->row.run.value, open->row.attempt));
    } else if (open == nullptr || open->row.run != *beat_.run ||
               open->row.attempt != beat_.attempt || open->row.process.pid != beat_.pid) {
      tell(fmt::format("the heartbeat names run {} attempt {} pid {}, which is not open",
                       beat_.run->value, beat_.attempt, beat_.pid));
    }
  }

  const JobFacts& job_;
  const core::HeartbeatRow& beat_;
  Fold fold_;
  Findings& findings_;
};

void judge_lateness(const RunFacts& run, Findings& findings) {
  const core::RunRow& row = run.row;
  if (run.unclear || run.job->off_the_line || !row.started_at || !row.lateness) return;
  const Duration folded = *row.started_at - row.slot_at.value_or(row.queued_at);
  if (folded == *row.lateness) return;
  findings.add({Verdict::heartbeat,
                row.job,
                row.run,
                fmt::format("run {} has a lateness of {} ms, its instants say {} ms", row.run.value,
                            row.lateness->count(), folded.count()),
                {}});
}

}  // namespace

void judge_heartbeats(const Scene& scene, Findings& findings) {
  for (const auto& [name, job] : scene.jobs) {
    if (job.heartbeat && job.spec != nullptr) BeatJudge(scene, job, findings).judge();
  }
  for (const auto& [id, run] : scene.runs) judge_lateness(run, findings);
}

}  // namespace takt::audit
