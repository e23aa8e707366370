#include "core/gates.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/degraded.h"
#include "core/gate_rules.h"
#include "core/settle.h"

namespace takt::core {
namespace {

// --- enabled

GateAnswer ask_enabled(const Question& q) { return pass_if(q.spec().can_run(), no(q)); }

void explain_enabled(const Question& q, Gate& gate) {
  gate.limit = gate.value = "enabled";
  gate.text = "the job is enabled";
  if (!q.spec().enabled) {
    gate.value = "disabled";
    gate.text = "the fleet file says enabled = false";
  } else if (!q.spec().problem.empty()) {
    gate.value = "unusable";
    gate.text = "it cannot run on this machine: " + q.spec().problem;
  }
}

// --- paused

GateAnswer ask_paused(const Question& q) { return pass_if(!q.job().pause, no(q)); }

void explain_paused(const Question& q, Gate& gate) {
  const auto& pause = q.job().pause;
  gate.limit = "not paused";
  gate.value = pause ? "paused" : "not paused";
  gate.text = "nobody paused it";
  if (!pause) return;
  gate.until = q.s.wall(pause->until);
  gate.text = gate.until ? fmt::format("paused until {}", format_rfc3339(*gate.until))
                         : std::string{"paused until somebody resumes it"};
  if (!pause->reason.empty()) gate.text += ": " + pause->reason;
}

// --- quarantined

GateAnswer ask_quarantined(const Question& q) { return pass_if(!q.job().quarantined, no(q)); }

void explain_quarantined(const Question& q, Gate& gate) {
  gate.value = fmt::format("{} failed in a row", q.job().consecutive_failures);
  const auto& limit = q.spec().quarantine_after;
  gate.limit = limit ? std::to_string(*limit) : "none";
  gate.text = q.job().quarantined ? "quarantined after failing too often; `takt resume` ends it"
                                  : "not quarantined";
}

// --- overlap: who stands in the way of the run, or of one that would be made now

GateAnswer ask_overlap(const Question& q) {
  if (q.run != nullptr) return pass_if(!blocker_of(q.s, *q.run), GateAnswer::hold);
  const Overlap overlap = q.spec().overlap;
  return pass_if(overlap == Overlap::allow || q.job().open.empty(),
                 overlap == Overlap::skip ? GateAnswer::skip : GateAnswer::hold);
}

std::vector<Holder> holders_of(const Question& q) {
  std::vector<Holder> holders;
  const std::string& name = q.spec().name;
  if (q.run == nullptr) {
    for (const RunId id : q.job().open) holders.push_back({name, id});
  } else if (const auto blocker = blocker_of(q.s, *q.run)) {
    holders.push_back({name, *blocker});
  }
  return holders;
}

void explain_overlap(const Question& q, Gate& gate) {
  gate.value = fmt::format("{} open", q.job().open.size());
  gate.limit = q.spec().overlap == Overlap::allow ? "none" : "1";
  gate.text = "no earlier run is in the way";
  if (gate.answer == GateAnswer::pass) return;
  gate.holders = holders_of(q);
  gate.text = fmt::format("run {} of the job has not ended (overlap = \"{}\")",
                          gate.holders.front().run.value, word(q.spec().overlap));
}

// --- node

bool is_full(const State& s) { return s.alive() >= s.spec.max_running; }

GateAnswer ask_node(const Question& q) {
  return pass_if(q.s.mode == Mode::working && !is_full(q.s), GateAnswer::hold);
}

void explain_node(const Question& q, Gate& gate) {
  gate.value = fmt::format("{} running", q.s.alive());
  gate.limit = std::to_string(q.s.spec.max_running);
  gate.text = "this node takes work";
  if (q.s.mode != Mode::working) {
    gate.value = q.s.mode == Mode::draining ? "draining" : "stopping";
    gate.text = fmt::format("this node is {}", gate.value);
  } else if (is_full(q.s)) {
    gate.text = "as many attempts are running as fleet.max_running allows";
    for (const auto& [token, run] : q.s.tokens) {  // the oldest ones; any of them makes room
      if (gate.holders.size() == kHoldersMax) break;
      gate.holders.push_back({q.s.spec_of(q.s.runs.at(run).job).name, run});
    }
  }
}

// --- store

GateAnswer ask_store(const Question& q) { return pass_if(decides(q.s, q.index), GateAnswer::hold); }

std::string journal_words(const JournalUse& use) {
  if (use.capacity_bytes == 0) return "no journal";
  return fmt::format("journal {} of {} KiB", (use.used_bytes + 1023) / 1024,
                     use.capacity_bytes / 1024);
}

void explain_store(const Question& q, Gate& gate) {
  gate.value = gate.limit = "ok";
  gate.text = "rows can be written";
  if (q.s.store_ok) return;
  gate.value = "failed, " + journal_words(q.s.degraded.journal);
  gate.text = "rows cannot be written: " + q.s.store_error;
  if (gate.answer == GateAnswer::pass) {
    gate.text += "; critical jobs start through the journal";
  } else if (journal_takes_starts(q.s)) {
    gate.text += "; the journal is for ends and critical starts";
  } else if (q.s.degraded.journal.capacity_bytes > 0) {
    gate.text += "; the journal is full";
  }
}

// --- all of them

struct Rule {
  GateName gate;
  bool yields_to_force;
  GateAnswer (*ask)(const Question& q);
  void (*explain)(const Question& q, Gate& gate);  // gate.answer is what ask said
};

// In the order in which they are listed to people.
constexpr std::array<Rule, kGateCount> kRules{{
    {GateName::enabled, true, ask_enabled, explain_enabled},
    {GateName::paused, true, ask_paused, explain_paused},
    {GateName::quarantined, true, ask_quarantined, explain_quarantined},
    {GateName::overlap, false, ask_overlap, explain_overlap},
    {GateName::dependencies, true, ask_dependencies, explain_dependencies},
    {GateName::memory, true, ask_memory, explain_memory},
    {GateName::pools, false, ask_pools, explain_pools},
    {GateName::turn, false, ask_turn, explain_turn},
    {GateName::node, false, ask_node, explain_node},
    {GateName::store, false, ask_store, explain_store},
}};

bool yields_to_force(GateName gate) {
  return std::ranges::find(kRules, gate, &Rule::gate)->yields_to_force;
}

}  // namespace

GateAnswers ask_gates(const State& s, JobIndex index, const Run* run, Instant now, Extent extent) {
  const Question question{s, index, run, now};
  GateAnswers answers;
  answers.by_force = run != nullptr && run->forced;
  for (const Rule& rule : kRules) {
    const bool is_queues = rule.gate == GateName::pools || rule.gate == GateName::turn;
    const bool asks = extent == Extent::everything || !is_queues;
    answers[rule.gate] = asks ? rule.ask(question) : GateAnswer::not_asked;
  }
  return answers;
}

Gates explain_gates(const State& s, JobIndex index, const Run* run, Instant now,
                    const GateAnswers& answers) {
  const Question question{s, index, run, now};
  Gates gates;
  gates.reserve(kRules.size());
  for (const Rule& rule : kRules) {
    Gate& gate = gates.emplace_back();
    gate.gate = rule.gate;
    gate.answer = answers[rule.gate];
    if (gate.answer != GateAnswer::not_asked) rule.explain(question, gate);
  }
  if (answers.by_force) pass_by_force(gates);
  return gates;
}

Gates evaluate_gates(const State& s, JobIndex index, const Run* run, Instant now) {
  return explain_gates(s, index, run, now, ask_gates(s, index, run, now));
}

void pass_by_force(Gates& gates) {
  for (Gate& gate : gates) {
    if (gate.answer == GateAnswer::pass || !yields_to_force(gate.gate)) continue;
    gate.answer = GateAnswer::pass;
    gate.text += " (passed by force)";
  }
}

GateAnswer decision(const GateAnswers& answers) {
  GateAnswer worst = GateAnswer::pass;
  for (const Rule& rule : kRules) {
    if (answers.by_force && rule.yields_to_force) continue;
    worst = worse(worst, answers[rule.gate]);
  }
  return worst;
}

GateAnswer decision(const Gates& gates) {
  GateAnswer worst = GateAnswer::pass;
  for (const Gate& gate : gates) worst = worse(worst, gate.answer);
  return worst;
}

Reason reason_of(GateName gate) {
  switch (gate) {
    case GateName::enabled:
      return Reason::disabled;
    case GateName::paused:
      return Reason::paused;
    case GateName::quarantined:
      return Reason::quarantined;
    case GateName::overlap:
      return Reason::overlap;
    case GateName::dependencies:
      return Reason::dep_timeout;
    case GateName::memory:
      return Reason::memory;
    case GateName::pools:
    case GateName::turn:
      return Reason::pool;
    case GateName::node:
      return Reason::draining;
    case GateName::store:
      return Reason::store;
  }
  return Reason::start_within;
}

Reason reason_of(const Gates& gates, GateAnswer answer, Reason otherwise) {
  for (const Gate& gate : gates) {
    if (gate.answer == answer) return gate.reason.value_or(reason_of(gate.gate));
  }
  return otherwise;
}

}  // namespace takt::core
