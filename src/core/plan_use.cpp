#include "core/plan_use.h"

#include <algorithm>
#include <cmath>

namespace takt::core {
namespace {

constexpr double kRounding = 1e-9;  // of a sum of some thousand fractions

Duration end_of(const std::vector<UseStep>& use, std::size_t step, Duration horizon) {
  return step + 1 < use.size() ? use[step + 1].at : horizon;
}

bool runs_within(const ExpectedRuns& runs, Duration from, Duration until) {
  switch (runs.kind) {
    case ExpectedRuns::Kind::always:
      return true;
    case ExpectedRuns::Kind::instants:
      return std::ranges::any_of(runs.instants, [&](Duration start) {
        return start < until && start + runs.length > from;
      });
    case ExpectedRuns::Kind::grid: {
      // The last one that begins before `until`.
      if (runs.first >= until) return false;
      const Duration back = positive_mod(until - Duration{1} - runs.first, runs.interval);
      return until - Duration{1} - back + runs.length > from;
    }
  }
  return false;
}

/// How many of its runs are under way at the same time, at least once.
std::int64_t at_once(const ExpectedRuns& runs) {
  if (runs.kind == ExpectedRuns::Kind::always) return runs.copies;
  if (runs.kind == ExpectedRuns::Kind::instants) return 1;
  return (runs.length + runs.interval - Duration{1}) / runs.interval;
}

}  // namespace

std::vector<UseStep> use_over_time(const std::vector<PoolLoad>& loads, Duration horizon) {
  std::vector<UseStep> changes;
  for (const PoolLoad& load : loads) {
    for_each_run(*load.runs, horizon, [&](Duration from, Duration until) {
      changes.push_back({from, load.weight});
      changes.push_back({until, -load.weight});
    });
  }
  std::ranges::sort(changes, {}, &UseStep::at);

  std::vector<UseStep> use{{Duration{0}, 0}};
  std::int64_t units = 0;
  for (std::size_t i = 0; i < changes.size();) {
    const Duration at = changes[i].at;
    for (; i < changes.size() && changes[i].at == at; ++i) units += changes[i].units;
    if (at >= horizon) break;
    if (at == use.back().at) {
      use.back().units = units;
    } else if (units != use.back().units) {
      use.push_back({at, units});
    }
  }
  return use;
}

UseFigures figures_of(const std::vector<UseStep>& use, int slots, Duration horizon) {
  UseFigures figures;
  for (std::size_t i = 0; i < use.size(); ++i) {
    figures.peak = std::max(figures.peak, use[i].units);
    if (use[i].units > slots) figures.over += end_of(use, i, horizon) - use[i].at;
  }
  return figures;
}

std::vector<Collision> collisions_of(const std::vector<UseStep>& use,
                                     const std::vector<PoolLoad>& loads, int slots,
                                     Duration horizon, std::size_t most) {
  std::vector<Collision> found;
  for (std::size_t i = 0; i < use.size(); ++i) {
    if (use[i].units <= slots) continue;
    const bool goes_on = !found.empty() && found.back().until == use[i].at;
    if (!goes_on && found.size() == most) break;
    if (!goes_on) found.push_back({.from = use[i].at, .until = use[i].at});
    found.back().until = end_of(use, i, horizon);
    found.back().peak = std::max(found.back().peak, use[i].units);
  }
  for (Collision& collision : found) {
    for (const PoolLoad& load : loads) {
      if (runs_within(*load.runs, collision.from, collision.until)) {
        collision.jobs.push_back(load.job);
      }
    }
  }
  return found;
}

std::int64_t lower_bound_peak(const std::vector<PoolLoad>& loads, Duration horizon) {
  double average = 0;
  std::int64_t heaviest = 0;
  for (const PoolLoad& load : loads) {
    const double share = expected_share(*load.runs, horizon);
    if (share == 0) continue;  // at no time of this horizon
    average += load.weight * share;
    heaviest = std::max(heaviest, load.weight * at_once(*load.runs));
  }
  return std::max(heaviest, static_cast<std::int64_t>(std::ceil(average - kRounding)));
}

}  // namespace takt::core
