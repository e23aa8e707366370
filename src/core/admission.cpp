#include "core/admission.h"

#include <vector>

#include "core/attempts.h"
#include "core/degraded.h"
#include "core/dependencies.h"
#include "core/gates.h"
#include "core/memory_gate.h"
#include "core/settle.h"
#include "core/waiting.h"

namespace takt::core {
namespace {

bool node_is_open(const State& s) {
  return s.mode == Mode::working && (s.store_ok || journal_takes_starts(s)) &&
         s.alive() < s.spec.max_running;
}

void note_gates_of_waiting(Turn& turn) {
  if (turn.s.is_twin) return;
  for (const RunId id : turn.touched_runs) {
    Run& run = turn.run(id);
    const bool waits = run.state == RunState::waiting || run.stand != Stand::nowhere;
    if (!waits || !run.gates.empty()) continue;
    run.gates = evaluate_gates(turn.s, run.job, &run, turn.now);
    turn.touch(run);  // it is in the list already
  }
}

/// Gives a run up for the sake of a gate that skips it.
void skip(Turn& turn, Run& run) {
  Gates gates = evaluate_gates(turn.s, run.job, &run, turn.now);
  const Reason reason = reason_of(gates, GateAnswer::skip, Reason::start_within);
  give_up(turn, run, Disposition::skipped, reason, std::move(gates));
}

/// What the run's own gates say: not those of the node, which close for all, nor those of the queue.
GateAnswer own_decision(GateAnswers answers) {
  answers[GateName::node] = answers[GateName::store] = GateAnswer::not_asked;
  return decision(answers);
}

/// Asks the gates that concern this run alone. True: none of them holds it. Otherwise it is put aside
/// or given up.
bool passes_its_gates(Turn& turn, Run& run) {
  const GateAnswers answers = ask_gates(turn.s, run.job, &run, turn.now, Extent::without_queue);
  switch (own_decision(answers)) {
    case GateAnswer::pass:
    case GateAnswer::not_asked:
      return true;
    case GateAnswer::skip:
      skip(turn, run);
      return false;
    case GateAnswer::hold:
      break;
  }
  park(turn.s, run);
  GateAnswers others = answers;
  others[GateName::dependencies] = GateAnswer::pass;
  wait_for_needs(turn, run, own_decision(others) == GateAnswer::pass);
  turn.s.wake.set(run.job, wake_of(turn.s, run.job));  // the end of its wait counts from now on
  return false;
}

/// Sorts the runs whose turn has come. Those that have to be triggered for them join meanwhile.
void sort_waiting(Turn& turn) {
  State& s = turn.s;
  while (!s.unsorted.empty()) {
    Run& run = turn.run(s.unsorted.begin()->run);
    if (passes_its_gates(turn, run)) {
      stop_waiting_for_needs(turn, run);
      enqueue(s, run);
    }
  }
}

/// The next run that may start, whose gates still let it: freshness can have lapsed in the queue.
Run* next_to_start(Turn& turn) {
  while (node_is_open(turn.s)) {
    const auto next = turn.s.queue.next(turn.now, among(turn.s));
    if (!next) return nullptr;
    Run& run = turn.run(*next);
    if (passes_its_gates(turn, run)) return &run;
    sort_waiting(turn);
  }
  return nullptr;
}

}  // namespace

void admit(Turn& turn) {
  sort_waiting(turn);
  while (Run* run = next_to_start(turn)) {
    warn_of_memory(turn, *run);
    start_attempt(turn, *run);
    promise_start(turn);
    sort_waiting(turn);
  }
  note_gates_of_waiting(turn);
}

void recheck_waiting(Turn& turn, JobIndex index) {
  const std::vector<RunId> open = turn.job(index).open;
  for (const RunId id : open) {
    Run& run = turn.run(id);
    if (run.state != RunState::waiting) continue;
    const GateAnswers answers = ask_gates(turn.s, index, &run, turn.now, Extent::without_queue);
    if (decision(answers) == GateAnswer::skip) skip(turn, run);
  }
}

}  // namespace takt::core
