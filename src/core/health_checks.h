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

#include "core/turn.h"

namespace takt::core {

/// Remedies of one probe in a row that do not help before nobody mends it any more.
inline constexpr int kVainRemediesMax = 3;

void on_health_measured(Turn& turn, const HealthMeasured& event);

}  // namespace takt::core
