#pragma once
// Gates, evaluated: the one place that says whether a run may start. Two steps, so that the runs that
// start at once (nearly all of them) cost no text:
//
//   ask_gates ──▶ GateAnswers ── decision: all pass ──▶ start
//                     └───────── anything else ───────▶ explain_gates ──▶ Gates, with their evidence
//
// A gate is a row of one table (gates.cpp): how it answers, and how it explains the answer that it
// gave. Every gate is asked, never only the first that fails.

#include <array>
#include <cstddef>

#include "core/gate.h"
#include "core/state.h"

namespace takt::core {

inline constexpr std::size_t kGateCount = kWords<GateName>.size();

/// What every gate said, by name. `by_force`: the run was triggered with --force, so that no of a
/// gate that yields to it counts as pass.
struct GateAnswers {
  std::array<GateAnswer, kGateCount> said{};
  bool by_force = false;

  GateAnswer& operator[](GateName gate) { return said[static_cast<std::size_t>(gate)]; }
  GateAnswer operator[](GateName gate) const { return said[static_cast<std::size_t>(gate)]; }
};

/// Everything, or all but pools and turn: those two are the queue's business (core/waiting.h), which
/// answers them for all that wait in one look.
enum class Extent { everything, without_queue };

/// Asks the gates about a run at `now`, or, without a run, about a start that would be made now.
GateAnswers ask_gates(const State& s, JobIndex job, const Run* run, Instant now,
                      Extent extent = Extent::everything);

/// The same answers with their evidence. State, run and instant must be those that were asked.
Gates explain_gates(const State& s, JobIndex job, const Run* run, Instant now,
                    const GateAnswers& answers);

/// Both steps at once, for those who want the evidence whatever the answers are.
Gates evaluate_gates(const State& s, JobIndex job, const Run* run, Instant now);

/// What `trigger --force` passes: enabled, paused, quarantined, dependencies, memory; never overlap,
/// pools, turn, node or store.
void pass_by_force(Gates& gates);

/// skip before hold before pass.
GateAnswer decision(const GateAnswers& answers);
GateAnswer decision(const Gates& gates);

/// The reason that a giving-up for this gate's sake is recorded with.
Reason reason_of(GateName gate);

/// The reason of the first gate with that answer; `otherwise` when there is none.
Reason reason_of(const Gates& gates, GateAnswer answer, Reason otherwise);

}  // namespace takt::core
