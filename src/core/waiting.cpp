#include "core/waiting.h"

#include <limits>

namespace takt::core {
namespace {

ByRank place_of(const Run& run) { return {run.rank(), run.id}; }

/// As long as it takes, as expected; never longer than it may.
Duration length_of(const State& s, JobIndex job) {
  const JobSpec& spec = s.spec_of(job);
  const Duration expected = expected_longest(s.jobs[job].durations, spec.expect);
  return spec.timeout ? std::min(expected, *spec.timeout) : expected;
}

}  // namespace

void make_ready(Turn& turn, Run& run) {
  withdraw(turn.s, run);
  run.stand = Stand::unsorted;
  turn.s.unsorted.insert(place_of(run));
  turn.touch(run);
}

void withdraw(State& s, Run& run) {
  if (run.stand == Stand::unsorted) s.unsorted.erase(place_of(run));
  if (run.stand == Stand::queued) s.queue.remove(run.id);
  run.stand = Stand::nowhere;
}

void enqueue(State& s, Run& run) {
  withdraw(s, run);
  run.stand = Stand::queued;
  run.expected = length_of(s, run.job);
  s.queue.add(waiter_of(s, run));
}

void park(State& s, Run& run) {
  withdraw(s, run);
  run.stand = Stand::parked;
}

void look_again(Turn& turn, Run& run) {
  if (run.stand == Stand::parked || run.stand == Stand::queued) make_ready(turn, run);
}

void look_again(Turn& turn, JobIndex job) {
  for (const RunId id : turn.job(job).open) look_again(turn, turn.run(id));
}

void look_again_at_all(Turn& turn) {
  for (auto& [id, run] : turn.s.runs) look_again(turn, run);
}

void look_again_at_parked(Turn& turn) {
  for (auto& [id, run] : turn.s.runs) {
    if (run.stand == Stand::parked) make_ready(turn, run);
  }
}

void set_rank(Turn& turn, Run& run, Instant own, std::optional<Instant> lent) {
  const Stand stood = run.stand;
  withdraw(turn.s, run);
  run.rank_at = own;
  run.lent_rank_at = lent;
  turn.touch(run);
  switch (stood) {
    case Stand::nowhere:
      break;
    case Stand::unsorted:
      make_ready(turn, run);
      break;
    case Stand::parked:
      park(turn.s, run);
      break;
    case Stand::queued:
      enqueue(turn.s, run);
      break;
  }
}

Instant rank_of(const State& s, Instant from, Priority priority) {
  return saturating_add(from, static_cast<int>(priority) * s.spec.ageing);
}

Waiter waiter_of(const State& s, const Run& run) {
  const JobSpec& spec = s.spec_of(run.job);
  return {run.id,
          run.rank(),
          spec.uses.pointer(),
          run.priority,
          spec.starts_without_store(),
          length_of(s, run.job)};
}

Waiter waiter_of(const State& s, JobIndex job, Instant now) {
  const JobSpec& spec = s.spec_of(job);
  constexpr RunId kNone{std::numeric_limits<std::int64_t>::max()};  // behind whoever ranks alike
  return {kNone,         rank_of(s, now, spec.priority), spec.uses.pointer(),
          spec.priority, spec.starts_without_store(),    length_of(s, job)};
}

void rebuild_queue(State& s) {
  s.queue = {};
  s.queue.resize(s.spec.pools);
  for (auto& [id, run] : s.runs) {
    Waiter waiter = waiter_of(s, run);
    waiter.length = run.expected;
    if (run.stand == Stand::queued) s.queue.add(waiter);
    if (!run.attempt) continue;
    waiter.uses = run.attempt->uses.pointer();
    s.queue.start(waiter, run.job, run.attempt->decided_at);
  }
}

Among among(const State& s) { return s.store_ok ? Among::all : Among::critical; }

}  // namespace takt::core
