#include "core/admission.h"

#include <fmt/format.h>

#include <vector>

#include "core/attempts.h"
#include "core/settle.h"

namespace takt::core {
namespace {

/// A gate that would skip a fresh slot only holds a run that has started before (a retry).
GateAnswer no(const Run* run) {
  return run != nullptr && run->started_at ? GateAnswer::hold : GateAnswer::skip;
}

Gate enabled_gate(const State& s, JobIndex index, const Run* run) {
  const JobSpec& spec = s.spec_of(index);
  Gate gate{GateName::enabled};
  gate.limit = "enabled";
  if (!spec.enabled) {
    gate.answer = no(run);
    gate.value = "disabled";
    gate.text = "the fleet file says enabled = false";
  } else if (!spec.problem.empty()) {
    gate.answer = no(run);
    gate.value = "unusable";
    gate.text = "it cannot run on this machine: " + spec.problem;
  } else {
    gate.value = "enabled";
    gate.text = "the job is enabled";
  }
  return gate;
}

Gate paused_gate(const State& s, JobIndex index, const Run* run) {
  const Job& job = s.jobs[index];
  Gate gate{GateName::paused};
  gate.limit = "not paused";
  gate.value = job.pause ? "paused" : "not paused";
  gate.text = "nobody paused it";
  if (!job.pause) return gate;
  gate.answer = no(run);
  gate.until = s.wall(job.pause->until);
  gate.text = gate.until ? fmt::format("paused until {}", format_rfc3339(*gate.until))
                         : std::string{"paused until somebody resumes it"};
  if (!job.pause->reason.empty()) gate.text += ": " + job.pause->reason;
  return gate;
}

Gate quarantined_gate(const State& s, JobIndex index, const Run* run) {
  const Job& job = s.jobs[index];
  Gate gate{GateName::quarantined};
  gate.value = fmt::format("{} failed in a row", job.consecutive_failures);
  const auto& limit = s.spec_of(index).quarantine_after;
  gate.limit = limit ? std::to_string(*limit) : "none";
  gate.text = "not quarantined";
  if (!job.quarantined) return gate;
  gate.answer = no(run);
  gate.text = "quarantined after failing too often; `takt resume` ends it";
  return gate;
}

/// Who stands in the way of `run`, or of a run that would be made now.
std::vector<Holder> holders_of(const State& s, JobIndex index, const Run* run) {
  std::vector<Holder> holders;
  const std::string& name = s.spec_of(index).name;
  if (run == nullptr) {
    if (s.spec_of(index).overlap == Overlap::allow) return holders;
    for (const RunId id : s.jobs[index].open) holders.push_back({name, id});
  } else if (const auto blocker = blocker_of(s, *run)) {
    holders.push_back({name, *blocker});
  }
  return holders;
}

Gate overlap_gate(const State& s, JobIndex index, const Run* run) {
  const JobSpec& spec = s.spec_of(index);
  Gate gate{GateName::overlap};
  gate.holders = holders_of(s, index, run);
  gate.value = fmt::format("{} open", s.jobs[index].open.size());
  gate.limit = spec.overlap == Overlap::allow ? "none" : "1";
  gate.text = "no earlier run is in the way";
  if (gate.holders.empty()) return gate;
  const bool skips = run == nullptr && spec.overlap == Overlap::skip;
  gate.answer = skips ? GateAnswer::skip : GateAnswer::hold;
  gate.text = fmt::format("run {} of the job has not ended (overlap = \"{}\")",
                          gate.holders.front().run.value, word(spec.overlap));
  return gate;
}

Gate node_gate(const State& s) {
  Gate gate{GateName::node};
  gate.value = fmt::format("{} running", s.alive());
  gate.limit = std::to_string(s.spec.max_running);
  gate.text = "this node takes work";
  if (s.mode != Mode::working) {
    gate.answer = GateAnswer::hold;
    gate.value = s.mode == Mode::draining ? "draining" : "stopping";
    gate.text = fmt::format("this node is {}", gate.value);
  } else if (s.alive() >= s.spec.max_running) {
    gate.answer = GateAnswer::hold;
    gate.text = "as many attempts are running as max_running allows";
  }
  return gate;
}

Gate store_gate(const State& s) {
  Gate gate{GateName::store};
  gate.value = s.store_ok ? "ok" : "failed";
  gate.limit = "ok";
  gate.text = s.store_ok ? "rows can be written" : "rows cannot be written: " + s.store_error;
  if (!s.store_ok) gate.answer = GateAnswer::hold;
  return gate;
}

bool yields_to_force(GateName gate) {
  return gate == GateName::enabled || gate == GateName::paused || gate == GateName::quarantined;
}

bool node_is_open(const State& s) {
  return s.mode == Mode::working && s.store_ok && s.alive() < s.spec.max_running;
}

/// The gates of a run that could not start at once, kept once in its row.
void note_gates(Turn& turn, Run& run, Gates gates) {
  if (!run.gates.empty()) return;
  run.gates = std::move(gates);
  turn.touch(run);
}

void note_gates_of_waiting(Turn& turn) {
  const std::vector<RunId> touched = turn.touched_runs;
  for (const RunId id : touched) {
    Run& run = turn.run(id);
    if (run.state != RunState::waiting || !run.gates.empty()) continue;
    note_gates(turn, run, evaluate_gates(turn.s, run.job, &run, turn.now));
  }
}

}  // namespace

Gates evaluate_gates(const State& s, JobIndex index, const Run* run, Instant) {
  Gates gates;
  gates.reserve(6);
  gates.push_back(enabled_gate(s, index, run));
  gates.push_back(paused_gate(s, index, run));
  gates.push_back(quarantined_gate(s, index, run));
  if (run != nullptr && run->forced) pass_by_force(gates);
  gates.push_back(overlap_gate(s, index, run));
  gates.push_back(node_gate(s));
  gates.push_back(store_gate(s));
  return gates;
}

void pass_by_force(Gates& gates) {
  for (Gate& gate : gates) {
    if (gate.answer == GateAnswer::pass || !yields_to_force(gate.gate)) continue;
    gate.answer = GateAnswer::pass;
    gate.text += " (passed by force)";
  }
}

GateAnswer decision(const Gates& gates) {
  GateAnswer worst = GateAnswer::pass;
  for (const Gate& gate : gates) {
    if (gate.answer == GateAnswer::skip) return GateAnswer::skip;
    if (gate.answer == GateAnswer::hold) worst = GateAnswer::hold;
  }
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
    case GateName::node:
      return Reason::draining;
    case GateName::store:
      return Reason::store;
  }
  return Reason::start_within;
}

Reason reason_of(const Gates& gates, GateAnswer answer, Reason otherwise) {
  for (const Gate& gate : gates) {
    if (gate.answer == answer) return reason_of(gate.gate);
  }
  return otherwise;
}

void admit(Turn& turn) {
  State& s = turn.s;
  auto next = s.ready.begin();
  while (next != s.ready.end() && node_is_open(s)) {
    Run& run = turn.run(next->run);
    ++next;  // the run leaves the set when it starts or is given up
    Gates gates = evaluate_gates(s, run.job, &run, turn.now);
    switch (decision(gates)) {
      case GateAnswer::pass:
      case GateAnswer::not_asked:
        start_attempt(turn, run);
        break;
      case GateAnswer::hold:
        note_gates(turn, run, std::move(gates));
        break;
      case GateAnswer::skip: {
        const Reason reason = reason_of(gates, GateAnswer::skip, Reason::start_within);
        give_up(turn, run, Disposition::skipped, reason, std::move(gates));
        next = s.ready.begin();  // the end may have made others ready
        break;
      }
    }
  }
  note_gates_of_waiting(turn);
}

void recheck_waiting(Turn& turn, JobIndex index) {
  const std::vector<RunId> open = turn.job(index).open;
  for (const RunId id : open) {
    Run& run = turn.run(id);
    if (run.state != RunState::waiting) continue;
    Gates gates = evaluate_gates(turn.s, index, &run, turn.now);
    if (decision(gates) != GateAnswer::skip) continue;
    const Reason reason = reason_of(gates, GateAnswer::skip, Reason::start_within);
    give_up(turn, run, Disposition::skipped, reason, std::move(gates));
  }
}

}  // namespace takt::core
