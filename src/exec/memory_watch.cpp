// memory_max: trees that may hold only so much. Where an attempt has a group with the memory
// controller, the kernel holds it to that. Elsewhere the tree is looked at:
//
//   spawned ─▶ watched ──every look: within─┐
//                 ▲  └───────────────────────┘
//                 └ over, by what is really its own ─▶ killed whole, without grace ─▶ ended, out_of_memory
//
// One timer for all of them, which runs only while there are any. A look takes some 20 us a process, so
// with many trees each turn looks at a part of them: all within a second.

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "exec/launcher_state.h"
#include "exec/tree_memory.h"

namespace takt::exec {
namespace {

constexpr std::chrono::milliseconds kLookEvery{250};
constexpr std::size_t kTreesALook = 64;
constexpr std::size_t kLooksForAll = 4;

std::int64_t memory_max_of(const Attempt& attempt) {
  return attempt.launch.command->memory_max_bytes;
}

std::string killed_by_kernel(const Attempt& attempt) {
  const std::int64_t limit = memory_max_of(attempt);
  const std::int64_t peak = attempt.group->memory_peak();
  if (!attempt.limited_by_kernel) return "the kernel killed it for lack of memory";
  return fmt::format("out of memory: killed by the kernel at memory_max {}{}", mebibytes(limit),
                     peak > 0 ? fmt::format(", its peak was {}", mebibytes(peak)) : "");
}

std::string killed_by_watch(const Attempt& attempt) {
  return fmt::format("out of memory: its processes held {}, memory_max is {}",
                     mebibytes(attempt.memory_seen.value_or(0)), mebibytes(memory_max_of(attempt)));
}

}  // namespace

/// Before the birth, so that nothing is ever above it.
void ProcessLauncher::State::limit_memory(Attempt& attempt) const {
  attempt.limited_by_kernel = memory_max_of(attempt) > 0 && attempt.group &&
                              groups->has_controllers() &&
                              attempt.group->limit_memory(memory_max_of(attempt));
}

void ProcessLauncher::State::watch_memory(const Attempt& attempt) {
  if (memory_max_of(attempt) <= 0 || attempt.limited_by_kernel) return;
  memory_watched.insert(attempt.launch.token);
  if (!watching_memory) watch_memory_on();
}

void ProcessLauncher::State::watch_memory_on() {
  watching_memory = !memory_watched.empty();
  if (!watching_memory) return;
  memory_watch.expires_after(kLookEvery);
  memory_watch.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto state = weak.lock();
    if (error || !state || state->listener == nullptr) return;
    state->look_at_memory();
    state->watch_memory_on();
  });
}

/// Goes on where the last look stopped.
void ProcessLauncher::State::look_at_memory() {
  const std::size_t all = memory_watched.size();
  const std::size_t part = std::max(kTreesALook, (all + kLooksForAll - 1) / kLooksForAll);
  auto next = memory_watched.upper_bound(memory_looked_at);
  for (std::size_t i = 0; i < std::min(part, all); ++i) {
    if (next == memory_watched.end()) next = memory_watched.begin();
    memory_looked_at = *next++;
    look_at_memory(*attempts.at(memory_looked_at));
  }
}

void ProcessLauncher::State::look_at_memory(Attempt& attempt) {
  if (attempt.kill_at || attempt.main_ended) return;  // it goes anyway
  const std::vector<int> pids = attempt.tree->pids();
  std::int64_t used = resident_bytes(pids);
  if (used > memory_max_of(attempt)) used = proportional_bytes(pids);
  attempt.memory_seen = used;
  if (used > memory_max_of(attempt)) kill_over_memory(attempt, used);
}

void ProcessLauncher::State::kill_over_memory(Attempt& attempt, std::int64_t used_bytes) {
  collect_quietly();  // one that has ended by itself meanwhile is not killed by us
  if (attempt.main_ended) return;
  attempt.over_memory = true;
  attempt.memory_seen = used_bytes;
  attempt.kill_at = Attempt::Clock::now();
  kill_hard(attempt);
}

/// Whether it was the memory, and what is to be said of it.
void ProcessLauncher::State::settle_memory(Attempt& attempt) {
  const bool by_kernel = attempt.group && attempt.group->oom_kills() > attempt.oom_kills_before;
  attempt.end.out_of_memory = attempt.over_memory || by_kernel;
  if (!attempt.end.out_of_memory) return;
  const std::string text =
      attempt.over_memory ? killed_by_watch(attempt) : killed_by_kernel(attempt);
  attempt.end.error = attempt.end.error.empty() ? text : text + "; " + attempt.end.error;
}

std::vector<ports::TreeMemory> ProcessLauncher::State::limited_trees() const {
  std::map<Token, const Attempt*> limited;
  for (const auto& [token, attempt] : attempts) {
    if (memory_max_of(*attempt) > 0 && attempt->tree) limited.emplace(token, attempt.get());
  }
  std::vector<ports::TreeMemory> trees;
  for (const auto& [token, attempt] : limited) {
    const auto used = attempt->limited_by_kernel ? std::optional(attempt->group->memory_used())
                                                 : attempt->memory_seen;
    trees.push_back({.job = attempt->launch.job,
                     .run = attempt->launch.run,
                     .attempt = attempt->launch.attempt,
                     .used_bytes = used,
                     .limit_bytes = memory_max_of(*attempt)});
  }
  return trees;
}

}  // namespace takt::exec
