#include "audit/processes.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "exec/proc_table.h"

namespace takt::audit {
namespace {

using exec::ProcessEntry;
using exec::ProcessTag;

std::vector<int> pids_in(const std::string& cgroup) {
  std::vector<int> pids;
  if (cgroup.empty()) return pids;
  std::ifstream file(cgroup + "/cgroup.procs");
  for (int pid = 0; file >> pid;) pids.push_back(pid);
  return pids;
}

bool is_main_process(const ProcessEntry& process, const AttemptFacts& attempt,
                     const std::string& boot_id) {
  const core::Process& known = attempt.row.process;
  return known.pid == process.pid && known.start_ticks == process.start_ticks &&
         known.boot_id == boot_id;
}

/// Everything alive, and to which attempt of this fleet it belongs.
class Survey {
 public:
  Survey(const Scene& scene, const std::string& fleet_tag) : scene_(scene) {
    for (const ProcessEntry& process : exec::read_process_table()) {
      if (!process.alive()) continue;
      const ProcessTag tag = exec::read_tag(process.pid, fleet_tag);
      if (tag.kind == ProcessTag::Kind::tagged && tag.token) {
        tagged_[tag.token].push_back(process.pid);
      } else {
        others_.emplace(process.pid, process);
      }
    }
  }

  const std::map<Token, std::vector<int>>& tagged() const { return tagged_; }

  /// Living processes without a readable tag that belong to an attempt all the same.
  std::vector<int> untagged_of(const AttemptFacts& attempt) const {
    std::set<int> found;
    const auto main = others_.find(attempt.row.process.pid);
    if (main != others_.end() && is_main_process(main->second, attempt, scene_.boot_id)) {
      found.insert(main->first);
    }
    if (attempt.row.process.boot_id == scene_.boot_id && !shares_group(attempt)) {
      for (const int pid : pids_in(attempt.row.process.cgroup)) {
        if (others_.contains(pid)) found.insert(pid);
      }
    }
    return {found.begin(), found.end()};
  }

 private:
  /// Folders of groups are used again.
  bool shares_group(const AttemptFacts& attempt) const {
    const std::string& group = attempt.row.process.cgroup;
    return group.empty() || std::ranges::any_of(scene_.attempts, [&](const auto& named) {
             const AttemptFacts& other = named.second;
             return &other != &attempt && other.row.process.cgroup == group &&
                    other.row.token > attempt.row.token;
           });
  }

  const Scene& scene_;
  std::map<Token, std::vector<int>> tagged_;
  std::map<int, ProcessEntry> others_;
};

std::string listed(const std::vector<int>& pids) {
  return fmt::format(
      "{}",
      fmt::join(pids.begin(), pids.begin() + std::min<std::ptrdiff_t>(5, std::ssize(pids)), ", "));
}

void tell_orphans(const AttemptFacts& attempt, const std::vector<int>& pids, Findings& findings) {
  findings.add({Verdict::orphan,
                attempt.row.job,
                attempt.row.run,
                fmt::format("run {} attempt {} (token {}) is {}, but {} process{} of it {} alive: "
                            "pid {}",
                            attempt.row.run.value, attempt.row.attempt, attempt.row.token.value,
                            word(*attempt.row.outcome), pids.size(), pids.size() == 1 ? "" : "es",
                            pids.size() == 1 ? "is" : "are", listed(pids)),
                {}});
}

bool is_alive(const AttemptFacts& attempt, const std::string& boot_id) {
  if (attempt.row.process.boot_id != boot_id) return false;
  const auto process = exec::read_process(attempt.row.process.pid);
  if (process && process->alive() && is_main_process(*process, attempt, boot_id)) return true;
  return !pids_in(attempt.row.process.cgroup).empty();
}

}  // namespace

void judge_processes(const Scene& scene, const std::string& fleet_tag, Findings& findings) {
  const Survey survey(scene, fleet_tag);
  for (const auto& [token, pids] : survey.tagged()) {
    const auto found = scene.attempts.find(token);
    if (found == scene.attempts.end()) {
      if (token > scene.fleet.last_token) continue;  // started since
      findings.add(
          {Verdict::ghost,
           "",
           std::nullopt,
           fmt::format("token {} has no row, but {} process{} of it alive: pid {}", token.value,
                       pids.size(), pids.size() == 1 ? " is" : "es are", listed(pids)),
           {}});
    } else if (found->second.is_over()) {
      tell_orphans(found->second, pids, findings);
    }
  }
  for (const auto& [token, attempt] : scene.attempts) {
    if (!attempt.is_over() || survey.tagged().contains(token)) continue;
    const auto pids = survey.untagged_of(attempt);
    if (!pids.empty()) tell_orphans(attempt, pids, findings);
  }
}

std::vector<Token> missing_trees(const Scene& scene) {
  std::vector<Token> missing;
  if (!scene.running) return missing;
  for (const auto& [token, attempt] : scene.attempts) {
    const bool running = !attempt.is_over() && attempt.row.process.pid != 0;
    if (running && !is_alive(attempt, scene.boot_id)) missing.push_back(token);
  }
  return missing;
}

void judge_missing(const Scene& later, const std::vector<Token>& suspects, Findings& findings) {
  for (const Token token : missing_trees(later)) {
    if (!std::ranges::binary_search(suspects, token)) continue;
    const core::AttemptRow& row = later.attempts.at(token).row;
    findings.add({Verdict::lie,
                  row.job,
                  row.run,
                  fmt::format("run {} attempt {} is recorded as running, but its process {} is "
                              "gone for {} ms and more",
                              row.run.value, row.attempt, row.process.pid, kHeartbeatLag.count()),
                  {}});
  }
}

}  // namespace takt::audit
