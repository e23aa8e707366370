// Overlap: a sweep over the lives that jobs wrote down themselves. BOOTTIME orders them, so clock
// steps and speeds do not matter; lives of different boots cannot meet.

#include <fmt/format.h>

#include <algorithm>

#include "audit/judges.h"

namespace takt::audit {
namespace {

struct Life {
  std::chrono::nanoseconds from{0};
  std::chrono::nanoseconds to{0};  // the last proven instant
  const AttemptFacts* attempt = nullptr;
};

/// Lives of a job in each boot. Without a boot in the row: the machine's last.
std::map<std::string, std::vector<Life>> lives_of(const Scene& scene, const JobFacts& job) {
  std::map<std::string, std::vector<Life>> lives;
  for (const AttemptFacts* attempt : job.attempts) {
    if (attempt->start() == nullptr) continue;
    Life life{attempt->start()->line.boottime, attempt->start()->line.boottime, attempt};
    for (const auto* list : {&attempt->ends, &attempt->marks}) {
      for (const Entry* entry : *list) life.to = std::max(life.to, entry->line.boottime);
    }
    const std::string& boot = attempt->row.process.boot_id;
    lives[boot.empty() ? scene.boot_id : boot].push_back(life);
  }
  return lives;
}

void sweep(const Scene& scene, const JobFacts& job, std::vector<Life>& lives, Findings& findings) {
  std::ranges::sort(lives, {}, [](const Life& life) { return life.from; });
  const Life* longest = nullptr;  // of those before
  for (const Life& life : lives) {
    if (longest != nullptr && life.from < longest->to) {
      const auto& before = longest->attempt->row;
      const auto& row = life.attempt->row;
      findings.add(
          {Verdict::overlap,
           job.name,
           row.run,
           fmt::format("run {} attempt {} (token {}, node {}) started while run {} attempt {} "
                       "(token {}, node {}) was alive, {} ms before its last sign",
                       row.run.value, row.attempt, row.token.value, row.node.value,
                       before.run.value, before.attempt, before.token.value, before.node.value,
                       std::chrono::ceil<Duration>(longest->to - life.from).count()),
           {scene.diaries.where(*longest->attempt->start()),
            scene.diaries.where(*life.attempt->start())}});
    }
    if (longest == nullptr || life.to > longest->to) longest = &life;
  }
}

}  // namespace

void judge_overlap(const Scene& scene, Findings& findings) {
  for (const auto& [name, job] : scene.jobs) {
    if (job.spec == nullptr || job.allows_overlap()) continue;
    for (auto& [boot, lives] : lives_of(scene, job)) sweep(scene, job, lives, findings);
  }
}

}  // namespace takt::audit
