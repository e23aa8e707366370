#pragma once
// Remedies: what is done about a probe that fails. Each is one step of its check, in order; what the
// coordinator can do by itself (a run, an event) it does at once, SQL and commands are the shell's.

#include "core/turn.h"

namespace takt::core {

/// How long a remedy of this probe keeps the next one away: its `cooldown`, else the interval of the job.
Duration cooldown_of(const ProbeSpec& probe, const JobSpec& job);

/// The run that was the probe's last remedy has not ended yet.
bool remedy_is_under_way(const State& s, const Probe& probe);

/// Does what is next of the check of this attempt, until a step is the shell's (Mend) or nothing is left
/// (EndBuiltin).
void go_on_mending(Turn& turn, Token token);

void on_mended(Turn& turn, const Mended& event);

}  // namespace takt::core
