#pragma once
// Forecast: what is expected of a fleet from its state of now. A copy of the coordinator is played on,
// with every attempt taking as long as expected and ending well; so what it says is decided by the
// very code that will decide it. Nothing of it reaches the store or a process.
//
//   coordinator ── copied ──▶ twin ── effects ──▶ recorded and started at once,
//                              ▲                  ended after its expected length
//                              └──── events ──────────┘
//
// It assumes that the store works, the clocks run, memory stays as it is and nobody asks for anything.

#include <functional>
#include <vector>

#include "core/coordinator.h"
#include "core/durations.h"

namespace takt::core {

/// How long attempts take: the 10th, 50th, 95th percentile of the job's history; without one half of
/// `expect`, `expect`, one and a half times it.
enum class Pace { brisk, usual, slow };

struct ForecastStart {
  JobIndex job = 0;
  RunId run;
  Instant at;
};

/// Starts that are expected after `now` and by `until`, in order, up to and including the first that
/// is `enough`. Ends early after a bounded number of turns; empty while the store fails and for fleets
/// that are too large to be copied in a moment.
std::vector<ForecastStart> forecast(const Coordinator& fleet, Instant now, Instant until, Pace pace,
                                    const std::function<bool(const ForecastStart&)>& enough);

/// Jobs above which no forecast is made.
inline constexpr std::size_t kForecastJobsMax = 5000;

}  // namespace takt::core
