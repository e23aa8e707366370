#pragma once
// Expected runs: what a job is to the planner: when its runs begin within a horizon, and how long each
// lasts. Nothing waits and nothing fails here: a plan is about what should be.
//
//   every, a range     a grid; of a range the mean interval
//   cron, at           known instants
//   after, by hand     at no time that can be known: they stand in no plan
//
// A job whose run does not fit between two of its slots holds its units all the time, unless it may
// overlap itself; so does one with more slots than are worth counting.

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "core/schedule.h"
#include "core/spec.h"

namespace takt::core {

/// The stretch of the elapsed line that a plan is about, and where the grids lie on it.
struct Horizon {
  TimeLine line;
  Instant from;
  Duration length;
};

/// Of horizons laid end to end from the epoch the one that `now` is in: so a plan that is asked for
/// twice is the same, wherever the intervals divide the horizon.
Horizon horizon_around(const TimeLine& line, Instant now, Duration length);

/// Of each job, in order: p95 of its last good runs, else `expect`, else a minute; at least 1 ms.
std::vector<Duration> expected_lengths(const FleetSpec& spec,
                                       const std::map<std::string, std::vector<Duration>>& history);

struct ExpectedRuns {
  enum class Kind { grid, instants, always };
  Kind kind = Kind::always;
  Duration length{0};
  Duration interval{0};  // grid
  Duration first{0};     // grid: the first one ever, from the horizon's start; or before it
  std::vector<Duration> instants;  // from the horizon's start, in order; or shortly before it
  int copies = 1;                  // always: how many at once
};

/// nullopt: when it runs cannot be known (after, by hand).
std::optional<ExpectedRuns> expected_runs(const JobSpec& job, Duration length,
                                          const Horizon& horizon);

/// `a` modulo `b`, from 0 up to b, also of a negative one.
constexpr Duration positive_mod(Duration a, Duration b) {
  const Duration rest = a % b;
  return rest < Duration{0} ? rest + b : rest;
}

/// Calls visit(from, until) for each run within [0, horizon), cut at its ends, in order.
template <class Visit>
void for_each_run(const ExpectedRuns& runs, Duration horizon, const Visit& visit) {
  const auto cut = [&](Duration start) {
    const Duration from = std::max(start, Duration{0});
    const Duration until = std::min(start + runs.length, horizon);
    if (from < until) visit(from, until);
  };
  switch (runs.kind) {
    case ExpectedRuns::Kind::always:
      for (int copy = 0; copy < runs.copies; ++copy) visit(Duration{0}, horizon);
      return;
    case ExpectedRuns::Kind::instants:
      for (const Duration start : runs.instants) cut(start);
      return;
    case ExpectedRuns::Kind::grid: {
      Duration start = runs.first;
      const Duration oldest = -runs.length;  // one that began then has just ended
      if (start < oldest) start = oldest + positive_mod(start - oldest, runs.interval);
      for (; start < horizon; start += runs.interval) cut(start);
      return;
    }
  }
}

/// How much of [0, horizon) its runs cover, each counted for itself, whatever the offset: the average
/// over all of them.
double expected_share(const ExpectedRuns& runs, Duration horizon);

}  // namespace takt::core
