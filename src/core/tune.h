#pragma once
// Tune: thresholds of a job, proposed from what happened to it.
//
//   key          proposed: the largest of these, rounded up   so that
//   expect       p50                                          plans know before there is history
//   hung_after   3 x p95; 1.5 x the longest ok run; 10 s      no run that ended ok was hung
//   late_after   1.5 x the latest success, beyond its slot    no success came overdue
//                and what the watchdog allows; p95; 10 s
//   stale_after  1.5 x the longest gap between successes;     no gap was stuck, and a single
//                2 x (longest interval + p95)                 lost slot is none
//
// Gaps and lateness are taken from times in which all went well: a window between two successes
// counts unless a run failed in it, slots were given up, or the success came out of a recovery. So
// what is proposed raises no alarm on the history that it came from, except where something was
// wrong. Pure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "core/job_history.h"
#include "core/spec.h"

namespace takt::core {

/// With fewer runs that ended ok nothing is proposed.
inline constexpr int kTuneRunsMin = 10;

struct Proposal {
  std::string_view key;
  std::optional<Duration> now;
  Duration proposed;
  std::string evidence;
};

struct Tuning {
  std::string job;
  int ok_runs = 0;
  std::vector<Proposal> proposals;  // only what would change something
  std::string note;                 // why there is none; empty: all is well as it is
};

/// `watchdog_only`: hung_after, late_after and stale_after alone.
Tuning tune(const JobSpec& job, const JobHistory& history, bool watchdog_only = false);

/// The next value that people would write: at most a sixth more.
Duration rounded_for_people(Duration duration);

}  // namespace takt::core
