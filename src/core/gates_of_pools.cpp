// The gates `pools` and `turn`: how a run stands in the queue (core/admission_queue.h).

#include <fmt/format.h>

#include <algorithm>

#include "core/gate_rules.h"
#include "core/waiting.h"

namespace takt::core {
namespace {

bool is_running(const Question& q) { return q.run != nullptr && q.run->attempt; }

Waiter waiter(const Question& q) {
  return q.run != nullptr ? waiter_of(q.s, *q.run) : waiter_of(q.s, q.index, q.now);
}

Standing standing(const Question& q) { return q.s.queue.standing(waiter(q), q.now, among(q.s)); }

Holder holder(const State& s, RunId run) { return {s.spec_of(s.runs.at(run).job).name, run}; }

std::string names(const std::vector<Holder>& holders) {
  std::string text;
  for (const Holder& one : holders) append(text, one.job);
  return text;
}

/// "browser: 3 of 3 in use (posting, plan), 1 wanted"
std::string sentence(const State& s, const Use& use, Priority priority,
                     const std::vector<Holder>& holders) {
  const PoolSpec& pool = s.spec.pools[use.pool];
  const int limit = pool.limit_for(priority);
  std::string text = fmt::format("pool {}: {} of {} in use", pool.name,
                                 s.queue.leases().used(use.pool), pool.slots);
  if (!holders.empty()) text += fmt::format(" ({})", names(holders));
  if (limit < pool.slots) {
    text += fmt::format(", {} kept for better than {}", pool.slots - limit, word(priority));
  }
  return text + fmt::format(", {} wanted", use.weight);
}

std::optional<WallTime> until(const Question& q, Instant earliest) {
  if (earliest == Instant::max() || earliest <= q.now) return std::nullopt;
  return q.s.wall(earliest);
}

}  // namespace

GateAnswer ask_pools(const Question& q) {
  if (is_running(q) || q.spec().uses->empty()) return GateAnswer::pass;
  return pass_if(q.s.queue.leases().fits(*q.spec().uses, waiter(q).priority), GateAnswer::hold);
}

void explain_pools(const Question& q, Gate& gate) {
  const Uses& uses = *q.spec().uses;
  const Leases& leases = q.s.queue.leases();
  const Priority priority = waiter(q).priority;
  gate.text = uses.empty() ? "it uses no pool" : "its units of every pool are free";
  std::string lacking;
  for (const Use& use : uses) {
    const PoolSpec& pool = q.s.spec.pools[use.pool];
    append(gate.value, fmt::format("{} {} used", pool.name, leases.used(use.pool)));
    append(gate.limit, fmt::format("{} {}", pool.name, pool.limit_for(priority)));
    if (gate.answer == GateAnswer::pass || use.weight <= leases.room(use.pool, priority)) continue;
    std::vector<Holder> holders;
    for (const Holding& holding : leases.holders(use.pool)) {
      if (holders.size() == kHoldersMax) break;
      holders.push_back(holder(q.s, holding.run));
    }
    append(lacking, sentence(q.s, use, priority, holders));
    for (Holder& one : holders) {
      if (std::ranges::find(gate.holders, one) == gate.holders.end()) {
        gate.holders.push_back(std::move(one));
      }
    }
  }
  if (is_running(q) && !uses.empty()) gate.text = "it holds its units";
  if (lacking.empty()) return;
  gate.text = std::move(lacking);
  gate.until = until(q, leases.earliest(uses, priority, q.now));
}

GateAnswer ask_turn(const Question& q) {
  if (is_running(q) || q.spec().uses->empty()) return GateAnswer::pass;
  return pass_if(standing(q).behind.empty(), GateAnswer::hold);
}

void explain_turn(const Question& q, Gate& gate) {
  gate.limit = gate.value = "0 ahead";
  gate.text = "nobody of better rank would be delayed";
  if (gate.answer == GateAnswer::pass) return;
  const Standing stands = standing(q);
  gate.value = fmt::format("{} ahead", stands.behind.size());
  for (const RunId run : stands.behind) {
    if (gate.holders.size() == kHoldersMax) break;
    gate.holders.push_back(holder(q.s, run));
  }
  gate.text = fmt::format("run {} of {} goes first", gate.holders.front().run.value,
                          gate.holders.front().job);
  if (stands.behind.size() > 1) {
    gate.text += fmt::format(", and {} more", stands.behind.size() - 1);
  }
  gate.until = until(q, stands.earliest);
}

}  // namespace takt::core
