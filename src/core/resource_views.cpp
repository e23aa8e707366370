// Views of what the fleet's jobs fight over: pools and memory.

#include <algorithm>
#include <map>

#include "core/coordinator_impl.h"
#include "core/forecast.h"
#include "core/gates.h"

namespace takt::core {
namespace {

constexpr std::chrono::hours kLookAhead{6};

PoolView view_of(const State& s, PoolIndex index) {
  const PoolSpec& spec = s.spec.pools[index];
  const Leases& leases = s.queue.leases();
  PoolView view;
  view.name = spec.name;
  view.slots = spec.slots;
  view.used = leases.used(index);
  view.reserve = spec.reserve;
  for (const Holding& holding : leases.holders(index)) {
    const Run& run = s.runs.at(holding.run);
    view.holders.push_back(
        {s.spec_of(run.job).name, holding.run, holding.weight, s.wall(run.attempt->started_at)});
  }
  for (const RunId id : s.queue.queue_of(index)) {
    const Run& run = s.runs.at(id);
    view.queue.push_back({s.spec_of(run.job).name, id, s.wall(run.rank()), std::nullopt});
  }
  return view;
}

/// Expected starts of all that wait, from one playing.
void fill_expected(const Coordinator& fleet, Instant now, std::vector<PoolView>& views) {
  std::map<RunId, std::optional<WallTime>> waiting;
  for (const PoolView& view : views) {
    for (const PoolWaiter& waiter : view.queue) waiting.emplace(waiter.run, std::nullopt);
  }
  if (waiting.empty()) return;
  std::size_t left = waiting.size();
  forecast(fleet, now, now + kLookAhead, Pace::usual, [&](const ForecastStart& start) {
    const auto found = waiting.find(start.run);
    if (found != waiting.end() && !found->second) {
      found->second = fleet.wall(start.at);
      left -= 1;
    }
    return left == 0;
  });
  for (PoolView& view : views) {
    for (PoolWaiter& waiter : view.queue) waiter.expected_at = waiting.at(waiter.run);
  }
}

}  // namespace

std::vector<PoolView> Coordinator::pool_views(Instant now, bool with_expected) const {
  std::vector<PoolView> views;
  for (PoolIndex i = 0; i < impl_->s.spec.pools.size(); ++i) views.push_back(view_of(impl_->s, i));
  if (with_expected) fill_expected(*this, now, views);
  return views;
}

MemoryLevel Coordinator::memory_level() const { return impl_->s.memory.level; }

MemoryView Coordinator::memory_view() const {
  const State& s = impl_->s;
  MemoryView view{s.memory.level, s.memory.reading, s.spec.memory, s.memory.cleaning, {}};
  if (s.memory.level != MemoryLevel::critical) return view;
  for (const auto& [id, run] : s.runs) {
    if (run.stand != Stand::parked) continue;
    const GateAnswers answers = ask_gates(s, run.job, &run, impl_->last_now, Extent::without_queue);
    const bool held = answers[GateName::memory] == GateAnswer::hold && !run.forced;
    if (held) view.held.push_back({s.spec_of(run.job).name, id});
  }
  return view;
}

}  // namespace takt::core
