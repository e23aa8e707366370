#pragma once
// Health checks: what becomes of measured probes. A check is an attempt of a job with builtin = "health";
// the shell measures, this judges, remedies.h mends:
//
//   LaunchAttempt ─▶ (shell) ─▶ HealthMeasured ─▶ judged ─▶ Mend ─▶ (shell) ─▶ Mended ─┐
//                                                   │  ▲ one remedy after the other    │
//                                                   │  └──────────────────────────────-┘
//                                                   └─ none left ─▶ EndBuiltin
//
//   ok ──condition does not hold──▶ pending ──for `for`──▶ failing ──holds──▶ ok (recovered)
//   any ──not measured──▶ unknown ──measured──▶ whatever it is then
//
// Judging says, too, whether the last remedy helped: at the next check, and not before the run that was
// the remedy has ended. After three in a row that did not, the probe is escalated: told outside, and left
// alone until it is well again.

#include <memory>
#include <vector>

#include "core/turn.h"
#include "core/view.h"

namespace takt::core {

/// Remedies of one probe in a row that do not help before nobody mends it any more.
inline constexpr int kVainRemediesMax = 3;

void on_health_measured(Turn& turn, const HealthMeasured& event);

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
