// Tokens: what a job's own `where token < ...` relies on.

#include <fmt/format.h>

#include <algorithm>

#include "audit/judges.h"

namespace takt::audit {
namespace {

void fence(Findings& findings, const std::string& job, std::optional<RunId> run, std::string text,
           std::vector<std::string> where = {}) {
  findings.add({Verdict::fence, job, run, std::move(text), std::move(where)});
}

/// The last ids given out are not behind those that were used.
void judge_counters(const Scene& scene, Findings& findings) {
  const auto compare = [&](const char* what, std::int64_t given, std::int64_t used) {
    if (given >= used) return;
    fence(findings, "", std::nullopt,
          fmt::format("the last {} given out is {}, but {} is in use: it would be given out again",
                      what, given, used));
  };
  const auto last_of = [](const auto& ids) { return ids.empty() ? 0 : ids.rbegin()->first.value; };
  compare("token", scene.fleet.last_token.value, last_of(scene.attempts));
  compare("run", scene.fleet.last_run.value, last_of(scene.runs));
  compare("event", scene.fleet.last_event.value,
          scene.events.empty() ? 0 : scene.events.back().id.value);
}

/// Of one job, a later start has a greater token.
void judge_job(const Scene& scene, const JobFacts& job, Findings& findings) {
  std::map<std::string, std::vector<const AttemptFacts*>> boots;
  for (const AttemptFacts* attempt : job.attempts) {
    if (attempt->start() != nullptr) boots[attempt->row.process.boot_id].push_back(attempt);
  }
  for (auto& [boot, attempts] : boots) {
    std::ranges::sort(attempts, {},
                      [](const AttemptFacts* a) { return a->start()->line.boottime; });
    for (std::size_t i = 1; i < attempts.size(); ++i) {
      const AttemptFacts& before = *attempts[i - 1];
      const AttemptFacts& now = *attempts[i];
      if (before.row.token < now.row.token) continue;
      fence(findings, job.name, now.row.run,
            fmt::format("run {} attempt {} started with token {} after token {} of run {} "
                        "attempt {}",
                        now.row.run.value, now.row.attempt, now.row.token.value,
                        before.row.token.value, before.row.run.value, before.row.attempt),
            {scene.diaries.where(*before.start()), scene.diaries.where(*now.start())});
    }
  }
}

/// Of one run, a later attempt has a greater token.
void judge_run(const RunFacts& run, Findings& findings) {
  for (std::size_t i = 1; i < run.attempts.size(); ++i) {
    const core::AttemptRow& before = run.attempts[i - 1]->row;
    const core::AttemptRow& now = run.attempts[i]->row;
    if (before.token < now.token) continue;
    fence(findings, run.row.job, run.row.run,
          fmt::format("run {}: attempt {} has token {}, attempt {} has {}", run.row.run.value,
                      before.attempt, before.token.value, now.attempt, now.token.value));
  }
}

}  // namespace

void judge_tokens(const Scene& scene, Findings& findings) {
  judge_counters(scene, findings);
  for (const auto& [name, job] : scene.jobs) {
    if (!job.allows_overlap()) judge_job(scene, job, findings);
  }
  for (const auto& [id, run] : scene.runs) judge_run(run, findings);
}

}  // namespace takt::audit
