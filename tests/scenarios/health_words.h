#pragma once
// Health checks and contacts of a scenario file, in its own few words:
//
//   check pipeline
//   probe pipeline queue at_least=1 run=plan:P0 event=warning     a value that `measured` says
//   probe pipeline planned job=plan fresh=3h for=10m cooldown=1h
//   contact owner after=2 nag=6h
//   job health_check builtin=health:pipeline on_failure=owner on_recovery=owner
//
// The kinds of probes that the coordinator answers itself are job=, pool= and memory; any other is asked
// of the scenario. Remedies (run=, sql, command, event=) stand in order.

#include <string>
#include <vector>

#include "core/event.h"
#include "core/spec.h"

namespace takt::scenarios {

/// `words` after "probe": the check, the name, then its words.
void add_probe(core::FleetSpec& fleet, const std::vector<std::string>& words);

/// `words` after "contact".
core::ContactSpec contact_of(const std::vector<std::string>& words);

/// Sets what "builtin=health:pipeline", "on_failure=a,b" or "on_recovery=a" says; false for other keys.
bool set_health_key(const core::FleetSpec& fleet, core::JobSpec& job, const std::string& key,
                    const std::string& value);

/// "unknown", "nothing", "true", "ago:30m" (a time so long before `now`), a number, or a text.
core::Measurement measurement_of(const std::string& text, WallTime now);

/// What the shell has measured, from "queue=0 planned=unknown"; others are unknown.
std::vector<core::Measurement> measurements_of(const core::HealthSpec& check,
                                               const std::vector<std::string>& words, WallTime now);

}  // namespace takt::scenarios
