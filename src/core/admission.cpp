#include "core/admission.h"

#include <vector>

#include "core/attempts.h"
#include "core/degraded.h"
#include "core/gates.h"
#include "core/settle.h"

namespace takt::core {
namespace {

bool node_is_open(const State& s) {
  return s.mode == Mode::working && (s.store_ok || journal_takes_starts(s)) &&
         s.alive() < s.spec.max_running;
}

/// The gates of a run that could not start at once, kept once in its row.
void note_gates(Turn& turn, Run& run, const GateAnswers& answers) {
  if (!run.gates.empty()) return;
  run.gates = explain_gates(turn.s, run.job, &run, turn.now, answers);
  turn.touch(run);
}

void note_gates_of_waiting(Turn& turn) {
  const auto untold = [](const Run& run) {
    return run.state == RunState::waiting && run.gates.empty();
  };
  // Whom note_gates touches is in the list already.
  for (const RunId id : turn.touched_runs) {
    Run& run = turn.run(id);
    if (untold(run)) note_gates(turn, run, ask_gates(turn.s, run.job, &run, turn.now));
  }
}

/// Gives a run up for the sake of a gate that skips it.
void skip(Turn& turn, Run& run, const GateAnswers& answers) {
  Gates gates = explain_gates(turn.s, run.job, &run, turn.now, answers);
  const Reason reason = reason_of(gates, GateAnswer::skip, Reason::start_within);
  give_up(turn, run, Disposition::skipped, reason, std::move(gates));
}

}  // namespace

void admit(Turn& turn) {
  State& s = turn.s;
  auto next = s.ready.begin();
  while (next != s.ready.end() && node_is_open(s)) {
    Run& run = turn.run(next->run);
    ++next;  // the run leaves the set when it starts or is given up
    const GateAnswers answers = ask_gates(s, run.job, &run, turn.now);
    switch (decision(answers)) {
      case GateAnswer::pass:
      case GateAnswer::not_asked:
        start_attempt(turn, run);
        promise_start(turn);
        break;
      case GateAnswer::hold:
        note_gates(turn, run, answers);
        break;
      case GateAnswer::skip:
        skip(turn, run, answers);
        next = s.ready.begin();  // the end may have made others ready
        break;
    }
  }
  note_gates_of_waiting(turn);
}

void recheck_waiting(Turn& turn, JobIndex index) {
  const std::vector<RunId> open = turn.job(index).open;
  for (const RunId id : open) {
    Run& run = turn.run(id);
    if (run.state != RunState::waiting) continue;
    const GateAnswers answers = ask_gates(turn.s, index, &run, turn.now);
    if (decision(answers) == GateAnswer::skip) skip(turn, run, answers);
  }
}

}  // namespace takt::core
