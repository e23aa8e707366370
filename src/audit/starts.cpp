// Starts: the first attempts of scheduled runs, as the jobs wrote them down, against the slots.
//
// A slot is a target from its instant on; the earliest due target that is free takes each start, in
// order. That is a maximum matching, so a start that finds none has no slot whatever its row says.

#include <fmt/format.h>

#include <algorithm>

#include "audit/judges.h"
#include "audit/ledger.h"

namespace takt::audit {
namespace {

constexpr SlotNumber kTargetsMax = 1'000'000;  // of one job

struct Start {
  WallTime at;
  const AttemptFacts* attempt = nullptr;
};

WallTime wall_of(const Entry& entry) {
  return WallTime{std::chrono::floor<Duration>(entry.line.realtime)};
}

void judge_early(const Scene& scene, const AttemptFacts& attempt, Findings& findings) {
  if (attempt.run == nullptr || !attempt.run->row.slot_at || attempt.run->unclear) return;
  if (attempt.run->job->off_the_line) return;
  const WallTime due = *attempt.run->row.slot_at;
  const auto tell = [&](WallTime started, std::vector<std::string> where) {
    findings.add({Verdict::early, attempt.row.job, attempt.row.run,
                  fmt::format("run {} attempt {} started at {}, {} ms before its slot",
                              attempt.row.run.value, attempt.row.attempt, format_rfc3339(started),
                              (due - started).count()),
                  std::move(where)});
  };
  if (!attempt.unclear && attempt.row.started_at < due) {
    tell(attempt.row.started_at, {});
    return;
  }
  if (attempt.start() == nullptr || !scene.real_time()) return;
  const auto shift = scene.frames.shift_of(wall_of(*attempt.start()));
  const WallTime started = wall_of(*attempt.start()) + shift.by;
  if (!shift.unclear && started + kGrain < due) {
    tell(started, {scene.diaries.where(*attempt.start())});
  }
}

std::vector<Start> starts_of(const Scene& scene, const JobFacts& job) {
  std::vector<Start> starts;
  for (const AttemptFacts* attempt : job.attempts) {
    if (attempt->row.attempt != 1 || attempt->start() == nullptr || attempt->run == nullptr) {
      continue;
    }
    const core::Cause cause = attempt->run->row.cause;
    if (cause != core::Cause::schedule && cause != core::Cause::catchup) continue;
    const auto at = wall_of(*attempt->start());
    starts.push_back({at + scene.frames.shift_of(at).by, attempt});
  }
  std::ranges::sort(starts, {}, &Start::at);
  return starts;
}

/// Instants of the job's slots; nullopt: too many to list, or some cannot be told.
std::optional<std::vector<WallTime>> targets_of(const Scene& scene, const JobFacts& job) {
  std::vector<WallTime> targets;
  for (const Decided& decided : ledger_of(job)) {
    const SlotNumber count = decided.last - decided.first + 1;
    if (decided.unclear || count > kTargetsMax - static_cast<SlotNumber>(targets.size())) {
      return std::nullopt;
    }
    WallTime at = decided.at;
    for (SlotNumber number = decided.first; number <= decided.last; ++number) {
      targets.push_back(std::min(at, decided.last_at));
      at = following(scene, job, number, at).value_or(decided.last_at);
    }
  }
  std::ranges::sort(targets);
  return targets;
}

void match(const Scene& scene, const JobFacts& job, Findings& findings) {
  const auto targets = targets_of(scene, job);
  if (!targets) return;
  std::size_t used = 0;
  for (const Start& start : starts_of(scene, job)) {
    const core::RunRow& row = start.attempt->run->row;
    if (!row.slot_number) continue;  // judge_slotless tells of it
    if (used < targets->size() && (*targets)[used] <= start.at + kGrain) {
      ++used;
      continue;
    }
    findings.add({Verdict::extra,
                  job.name,
                  row.run,
                  fmt::format("run {} started at {}, and every slot due by then has a start",
                              row.run.value, format_rfc3339(start.at)),
                  {scene.diaries.where(*start.attempt->start())}});
  }
}

void judge_slotless(const JobFacts& job, Findings& findings) {
  for (const RunFacts* run : job.runs) {
    const core::RunRow& row = run->row;
    const bool scheduled = row.cause == core::Cause::schedule || row.cause == core::Cause::catchup;
    if (!scheduled || row.slot_number) continue;
    findings.add({Verdict::extra,
                  job.name,
                  row.run,
                  fmt::format("run {} is {} and has no slot", row.run.value, word(row.cause)),
                  {}});
  }
}

}  // namespace

void judge_starts(const Scene& scene, Findings& findings) {
  for (const auto& [token, attempt] : scene.attempts) judge_early(scene, attempt, findings);
  for (const auto& [name, job] : scene.jobs) {
    judge_slotless(job, findings);
    if (job.witnessed && scene.real_time() && !job.trimmed && !job.off_the_line && !job.unclear) {
      match(scene, job, findings);
    }
  }
}

}  // namespace takt::audit
