#pragma once
// Probe records: what is known of the probes, as rows for the store, out of them after a restart, and as
// views for people. The rules are in health_checks.h.

#include <string>
#include <vector>

#include "core/turn.h"
#include "core/view.h"

namespace takt::core {

/// Probes that the fleet file no longer has, after a reload.
void forget_probes(Turn& turn);

/// After a restart.
void restore_probes(State& s, const std::vector<ProbeRow>& rows);

/// Rows of all probes: their times are other ones after a clock step.
void write_probes(Turn& turn);
void write_probe(Turn& turn, const ProbeKey& key);

/// All checks of the fleet file with their probes, as they stand.
std::vector<HealthView> health_views(const State& s);

/// Names ("check/probe") of the probes that fail, or could not be measured.
std::vector<std::string> troubled_probes(const State& s);

}  // namespace takt::core
