// The retry law, computed from its definition: attempt k+1 at the earliest first * factor^(n-1) (at
// most max) after the end of k, where k was the nth that counts; failures have `retries`, losses a
// budget of two of their own; nothing follows a success, a hang or a cancellation but one by a
// shutdown, which is continued at once.

#include <fmt/format.h>

#include <cmath>

#include "audit/judges.h"
#include "core/retry.h"

namespace takt::audit {
namespace {

using core::Outcome;

constexpr int kLosses = 2;

Duration least_wait(const core::RetryPolicy& policy, int nth) {
  const double grown = static_cast<double>(policy.first.count()) *
                       std::pow(policy.factor, static_cast<double>(nth - 1));
  const double capped = std::min(grown, static_cast<double>(policy.max.count()));
  return Duration{static_cast<std::int64_t>(std::floor(capped * (1 - policy.jitter)))};
}

class RetryJudge {
 public:
  RetryJudge(const RunFacts& run, Findings& findings) : run_(run), findings_(findings) {}

  void judge() {
    int number = 0;
    for (const AttemptFacts* attempt : run_.attempts) {
      if (attempt->row.attempt != ++number) {
        tell(fmt::format("has attempt {} where {} is expected", attempt->row.attempt, number));
        number = attempt->row.attempt;
      }
    }
    if (run_.row.attempts != static_cast<int>(run_.attempts.size())) {
      tell(fmt::format("counts {} attempts, but has {}", run_.row.attempts, run_.attempts.size()));
    }
    for (std::size_t i = 0; i < run_.attempts.size(); ++i) {
      const AttemptFacts* next = i + 1 < run_.attempts.size() ? run_.attempts[i + 1] : nullptr;
      judge_pair(*run_.attempts[i], next);
    }
    judge_counts();
  }

 private:
  /// The last attempt of a run that was cancelled counts for nothing, however it ended.
  void judge_counts() {
    const bool cancelled = run_.row.outcome == Outcome::cancelled && !run_.attempts.empty();
    const auto compare = [&](const char* what, int counted, int had, bool was_last) {
      if (counted == had || (cancelled && was_last && counted == had - 1)) return;
      tell(fmt::format("counts {} {}, but had {}", counted, what, had));
    };
    const auto last = run_.attempts.empty() ? std::nullopt : run_.attempts.back()->row.outcome;
    compare("failures", run_.row.failures, failures_, last && core::counts_as_failure(*last));
    compare("losses", run_.row.losses, losses_, last && is_loss(*last));
  }

  static bool is_loss(Outcome outcome) {
    return outcome == Outcome::lost || outcome == Outcome::browser_lost;
  }

  void tell(const std::string& text) {
    findings_.add({Verdict::retry,
                   run_.row.job,
                   run_.row.run,
                   fmt::format("run {} {}", run_.row.run.value, text),
                   {}});
  }

  void judge_pair(const AttemptFacts& attempt, const AttemptFacts* next) {
    if (!attempt.is_over()) {
      if (next != nullptr)
        tell(
            fmt::format("has attempt {} while {} is open", next->row.attempt, attempt.row.attempt));
      return;
    }
    const Outcome outcome = *attempt.row.outcome;
    std::optional<int> nth;
    if (core::counts_as_failure(outcome) && outcome != Outcome::hung) nth = ++failures_;
    if (is_loss(outcome)) nth = ++losses_;
    if (next != nullptr) judge_next(attempt, *next, nth);
  }

  void judge_next(const AttemptFacts& attempt, const AttemptFacts& next, std::optional<int> nth) {
    const Outcome outcome = *attempt.row.outcome;
    const bool lost = is_loss(outcome);
    const core::JobSpec* spec = run_.job->spec;
    if (!nth && outcome != Outcome::cancelled) {
      tell(fmt::format("has attempt {} after one that was {}", next.row.attempt, word(outcome)));
      return;
    }
    if (lost && *nth > kLosses) {
      tell(fmt::format("has attempt {} after {} losses", next.row.attempt, *nth));
    }
    if (spec == nullptr || !nth) return;
    if (!lost && *nth > spec->retry.retries) {
      tell(fmt::format("has attempt {} after {} failures; retries = {}", next.row.attempt, *nth,
                       spec->retry.retries));
    }
    if (attempt.unclear || next.unclear || !attempt.row.ended_at) return;
    const Duration waited = next.row.started_at - *attempt.row.ended_at;
    const Duration least = least_wait(spec->retry, *nth);
    if (waited + kGrain < least) {
      tell(fmt::format("starts attempt {} after {} ms; the law says at least {}", next.row.attempt,
                       waited.count(), least.count()));
    }
  }

  const RunFacts& run_;
  Findings& findings_;
  int failures_ = 0;
  int losses_ = 0;
};

}  // namespace

void judge_retries(const Scene& scene, Findings& findings) {
  for (const auto& [id, run] : scene.runs) RetryJudge(run, findings).judge();
}

}  // namespace takt::audit
