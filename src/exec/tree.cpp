#include "exec/tree.h"

#include <signal.h>

#include <set>

namespace takt::exec {
namespace {

// A tree that forks while it is being killed: this many looks at /proc in one go, then the loop's
// turn.
constexpr int kKillPasses = 8;
constexpr int kTermPasses = 3;

/// Signals what `find` finds until it finds nothing new.
template <class Find>
void sweep(int passes, std::initializer_list<int> signals, Find find) {
  std::set<std::pair<int, std::uint64_t>> told;
  for (int pass = 0; pass < passes; ++pass) {
    bool news = false;
    for (const ProcessEntry& process : find()) {
      if (!told.emplace(process.pid, process.start_ticks).second) continue;
      news = signal_exactly(process, signals) || news;
    }
    if (!news) return;
  }
}

}  // namespace

Tree::Rest CgroupTree::rest() {
  if (!group_.populated()) return {};
  return {.living = static_cast<int>(group_.pids().size()), .empty = false};
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

void ProcessTree::terminate() {
  sweep(kTermPasses, {SIGTERM, SIGCONT}, [&] { return members(); });
}

void ProcessTree::kill() {
  signal_pidfd(main_.pidfd.get(), SIGKILL);
  kill_group_of(main_.pidfd.get());
  sweep(kKillPasses, {SIGKILL}, [&] { return members(); });
}

}  // namespace takt::exec
