#include "exec/tree.h"

#include <signal.h>

#include <map>
#include <set>
#include <utility>

namespace takt::exec {
namespace {

// Looks at a tree that forks while it is being killed, before the rest of the loop has its turn.
constexpr int kKillPasses = 8;

using Name = std::pair<int, std::uint64_t>;
Name name_of(const ProcessEntry& process) { return {process.pid, process.start_ticks}; }

}  // namespace

Tree::Rest CgroupTree::rest() {
  if (!group_.populated()) return {};
  return {.living = static_cast<int>(group_.pids().size()), .empty = false};
}

std::vector<int> ProcessTree::pids() {
  std::vector<int> pids;
  for (const ProcessEntry& process : members()) pids.push_back(process.pid);
  return pids;
}

Tree::Rest ProcessTree::rest() {
  const auto orphans = orphans_.of(token_, attempts_);
  if (orphans.pids.empty()) return {.living = 0, .empty = !orphans.unclear};
  const auto living = living_descendants(orphans.pids);
  return {.living = static_cast<int>(living.size()), .empty = living.empty() && !orphans.unclear};
}

std::vector<ProcessEntry> ProcessTree::members() {
  std::vector<int> roots = orphans_.of(token_, attempts_).pids;
  if (attempts_.owner_of_main(main_.pid) == token_) roots.push_back(main_.pid);
  if (roots.empty()) return {};
  return living_descendants(roots);
}

/// Two looks, since one can miss a process that is just losing its parent; then the signals, once:
/// what is born after them may be the cleaning up of a job that obeys.
void ProcessTree::terminate() {
  std::map<Name, ProcessEntry> found;
  for (int look = 0; look < 2; ++look) {
    for (const ProcessEntry& process : members()) found.emplace(name_of(process), process);
  }
  for (const auto& [name, process] : found) signal_exactly(process, {SIGTERM, SIGCONT});
}

void ProcessTree::kill() {
  signal_pidfd(main_.pidfd.get(), SIGKILL);
  kill_group_of(main_.pidfd.get());
  std::set<Name> told;
  for (int pass = 0; pass < kKillPasses; ++pass) {
    bool news = false;
    for (const ProcessEntry& process : members()) {
      if (told.insert(name_of(process)).second) news = signal_exactly(process, {SIGKILL}) || news;
    }
    if (!news) return;
  }
}

}  // namespace takt::exec
