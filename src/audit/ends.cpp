// Ends: rows against the job's own words.

#include <fmt/format.h>

#include "audit/judges.h"

namespace takt::audit {
namespace {

using core::Outcome;

/// One attempt, with what to say when its row is wrong.
class EndJudge {
 public:
  EndJudge(const Scene& scene, const AttemptFacts& attempt, Findings& findings)
      : scene_(scene), attempt_(attempt), row_(attempt.row), findings_(findings) {}

  void judge() {
    if (!attempt_.is_over()) return;
    judge_row();
    const bool witnessed = attempt_.run != nullptr && attempt_.run->job->witnessed;
    if (witnessed) judge_witness();
    judge_life_after_end();
  }

 private:
  void lie(const std::string& text) {
    Finding finding{Verdict::lie,
                    row_.job,
                    row_.run,
                    fmt::format("run {} attempt {} is {}, but {}", row_.run.value, row_.attempt,
                                word(*row_.outcome), text),
                    {}};
    if (attempt_.start() != nullptr) {
      finding.where.push_back(scene_.diaries.where(*attempt_.start()));
    }
    if (attempt_.end() != nullptr) finding.where.push_back(scene_.diaries.where(*attempt_.end()));
    findings_.add(std::move(finding));
  }

  /// The row alone: outcome, exit code and signal have to fit.
  void judge_row() {
    const Outcome outcome = *row_.outcome;
    if (outcome == Outcome::ok && row_.exit_code != 0) {
      lie(row_.exit_code ? fmt::format("its exit code is {}", *row_.exit_code)
                         : std::string("it has no exit code"));
    }
    if (outcome == Outcome::ok && row_.signal)
      lie(fmt::format("it died by signal {}", *row_.signal));
    if (outcome == Outcome::failed && row_.exit_code == 0) lie("its exit code is 0");
    if (outcome == Outcome::failed && !row_.exit_code && !row_.signal) {
      lie("it has neither exit code nor signal");
    }
    if (outcome == Outcome::spawn_failed && !row_.spawn_errno)
      lie("no error of the system says so");
    if (!row_.ended_at) lie("it has no end");
    if (row_.ended_at && !attempt_.unclear && *row_.ended_at < row_.started_at) {
      lie("it ended before it started");
    }
  }

  void judge_witness() {
    const Outcome outcome = *row_.outcome;
    const Entry* end = attempt_.end();
    if (outcome == Outcome::ok && end == nullptr) {
      lie("its job never said that it ended");
      return;
    }
    if (outcome == Outcome::spawn_failed && attempt_.start() != nullptr) {
      lie("its job said that it started");
    }
    // What a shell around the witness makes of its exit is the shell's affair.
    const bool is_main = end != nullptr && row_.process.pid == end->line.speaker.pid;
    const bool by_itself = outcome == Outcome::ok || outcome == Outcome::failed;
    if (!is_main || !by_itself) return;
    if (end->line.signal ? row_.signal != end->line.signal
                         : row_.exit_code != end->line.exit_code.value_or(0)) {
      // Killed between its last line and its exit: by whom is not known.
      if (outcome == Outcome::failed && row_.signal && !end->line.signal) return;
      lie(fmt::format("its job left with {}",
                      end->line.signal
                          ? fmt::format("signal {}", *end->line.signal)
                          : fmt::format("exit code {}", end->line.exit_code.value_or(0))));
    }
  }

  /// A recorded end means that nothing of the tree was alive any more.
  void judge_life_after_end() {
    if (!scene_.real_time() || !row_.ended_at || attempt_.unclear || row_.process.pid == 0) return;
    const auto check = [&](const Entry* entry) {
      const auto shift =
          scene_.frames.shift_of(WallTime{std::chrono::floor<Duration>(entry->line.realtime)});
      const WallTime wrote{std::chrono::floor<Duration>(entry->line.realtime) + shift.by};
      if (shift.unclear || wrote <= *row_.ended_at + kStartTolerance) return;
      findings_.add({Verdict::orphan,
                     row_.job,
                     row_.run,
                     fmt::format("run {} attempt {} was alive {} ms after its recorded end",
                                 row_.run.value, row_.attempt, (wrote - *row_.ended_at).count()),
                     {scene_.diaries.where(*entry)}});
    };
    if (attempt_.end() != nullptr) check(attempt_.end());
    if (!attempt_.marks.empty()) check(attempt_.marks.back());
  }

  const Scene& scene_;
  const AttemptFacts& attempt_;
  const core::AttemptRow& row_;
  Findings& findings_;
};

void judge_run(const RunFacts& run, Findings& findings) {
  const core::RunRow& row = run.row;
  const auto lie = [&](const std::string& text) {
    findings.add(
        {Verdict::lie, row.job, row.run, fmt::format("run {} {}", row.run.value, text), {}});
  };
  if (row.disposition == core::Disposition::ran && run.attempts.empty()) {
    lie("ran, but has no attempt");
  }
  if (row.disposition && row.disposition != core::Disposition::ran && !run.attempts.empty()) {
    lie(fmt::format("is {}, but has attempts", word(*row.disposition)));
  }
  if (!run.is_ended()) return;
  if (!row.ended_at) lie("is ended, but has no end");
  if (!row.disposition) lie("is ended, but nothing became of it");
  if (run.attempts.empty() || row.disposition != core::Disposition::ran) return;
  const auto last = run.attempts.back()->row.outcome;
  // A cancellation may come after an attempt that failed.
  if (row.outcome != last && row.outcome != Outcome::cancelled) {
    lie(fmt::format("is {}, but its last attempt is {}", row.outcome ? word(*row.outcome) : "open",
                    last ? word(*last) : "open"));
  }
}

/// An attempt whose daemon is gone is settled before the next one is ready, and none is left open
/// by a daemon that stopped.
void judge_open(const Scene& scene, const AttemptFacts& attempt, Findings& findings) {
  if (attempt.is_over() || scene.nodes.empty()) return;
  const core::NodeRow& last = scene.nodes.back();
  const auto lie = [&](const char* text) {
    findings.add({Verdict::lie,
                  attempt.row.job,
                  attempt.row.run,
                  fmt::format("run {} attempt {} is open, but {}", attempt.row.run.value,
                              attempt.row.attempt, text),
                  {}});
  };
  if (last.stopped_at) {
    lie("the daemon has stopped");
  } else if (scene.running && scene.real_time() && attempt.row.node != last.node &&
             scene.now > last.started_at + kStartTolerance + kRecoveryBound) {
    lie("its daemon is gone, and the next one has not settled it");
  }
}

}  // namespace

void judge_ends(const Scene& scene, Findings& findings) {
  for (const auto& [token, attempt] : scene.attempts) judge_open(scene, attempt, findings);
  for (const auto& [token, attempt] : scene.attempts) EndJudge(scene, attempt, findings).judge();
  for (const auto& [id, run] : scene.runs) judge_run(run, findings);
}

}  // namespace takt::audit
