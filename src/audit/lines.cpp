// Witness lines against attempt rows.

#include <fmt/format.h>

#include "audit/judges.h"

namespace takt::audit {
namespace {

void judge_stranger(const Scene& scene, const Entry& entry, Findings& findings) {
  const witness::Speaker& who = entry.line.speaker;
  const auto row = scene.attempts.find(who.token);
  std::string text =
      fmt::format("a witness line of run {} attempt {} token {} pid {} (start {}) has no row",
                  who.run.value, who.attempt, who.token.value, who.pid, who.start_ticks);
  std::string job;
  auto verdict = Verdict::ghost;
  if (row != scene.attempts.end()) {
    const core::AttemptRow& other = row->second.row;
    job = other.job;
    // Somebody else's token: the one thing that a token must never be.
    if (other.run != who.run || other.attempt != who.attempt) verdict = Verdict::fence;
    text +=
        fmt::format("; token {} is of run {} attempt {} pid {} (start {})", who.token.value,
                    other.run.value, other.attempt, other.process.pid, other.process.start_ticks);
  }
  findings.add({verdict, std::move(job), who.run, std::move(text), {scene.diaries.where(entry)}});
}

}  // namespace

void judge_lines(const Scene& scene, Findings& findings) {
  for (const Entry* entry : scene.strangers) judge_stranger(scene, *entry, findings);
  for (const auto& [token, attempt] : scene.attempts) {
    if (attempt.starts.size() > 1) {
      Finding finding{Verdict::extra,
                      attempt.row.job,
                      attempt.row.run,
                      fmt::format("run {} attempt {} started {} times", attempt.row.run.value,
                                  attempt.row.attempt, attempt.starts.size()),
                      {}};
      for (const Entry* entry : attempt.starts) {
        finding.where.push_back(scene.diaries.where(*entry));
      }
      findings.add(std::move(finding));
    }
    if (!attempt.ends.empty() && attempt.starts.empty()) {
      findings.add({Verdict::ghost,
                    attempt.row.job,
                    attempt.row.run,
                    fmt::format("run {} attempt {} ended and never started", attempt.row.run.value,
                                attempt.row.attempt),
                    {scene.diaries.where(*attempt.end())}});
    }
  }
}

}  // namespace takt::audit
