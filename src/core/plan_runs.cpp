#include "core/plan_runs.h"

#include "base/match.h"
#include "core/durations.h"

namespace takt::core {
namespace {

/// Runs of one job that are worth counting one by one.
constexpr std::int64_t kRunsMax = 200'000;

int copies_at_once(Duration length, Duration interval) {
  return static_cast<int>(
      std::min<std::int64_t>((length + interval - Duration{1}) / interval, kRunsMax));
}

ExpectedRuns on_grid(const JobSpec& job, Duration length, Duration interval,
                     const Horizon& horizon) {
  const bool may_overlap = job.overlap == Overlap::allow;
  const bool fits = length < interval || may_overlap;
  if (!fits) return {.length = length};
  if (horizon.length / interval > kRunsMax) {
    return {.length = length, .copies = copies_at_once(length, interval)};
  }
  return {.kind = ExpectedRuns::Kind::grid,
          .length = length,
          .interval = interval,
          .first = horizon.line.epoch + phase(job) - horizon.from};
}

/// Slots that the clock gives; one that comes while the job still runs is skipped, unless it may overlap.
ExpectedRuns by_clock(const JobSpec& job, Duration length, const Horizon& horizon) {
  ExpectedRuns runs{.kind = ExpectedRuns::Kind::instants, .length = length};
  const bool may_overlap = job.overlap == Overlap::allow;
  auto slot = first_slot(job, horizon.line, horizon.from - length, 0);
  for (; slot && slot->due < horizon.from + horizon.length;
       slot = next_slot(job, horizon.line, *slot)) {
    const Duration start = slot->due - horizon.from;
    const bool is_free = runs.instants.empty() || runs.instants.back() + length <= start;
    if (is_free || may_overlap) runs.instants.push_back(start);
    if (std::ssize(runs.instants) > kRunsMax) return {.length = length};
  }
  return runs;
}

}  // namespace

Horizon horizon_around(const TimeLine& line, Instant now, Duration length) {
  return {line, now - positive_mod(now - line.epoch, length), length};
}

std::vector<Duration> expected_lengths(
    const FleetSpec& spec, const std::map<std::string, std::vector<Duration>>& history) {
  std::vector<Duration> lengths;
  lengths.reserve(spec.jobs.size());
  for (const JobSpec& job : spec.jobs) {
    const auto known = history.find(job.name);
    const Durations durations = known != history.end() ? Durations{known->second} : Durations{};
    lengths.push_back(std::max(expected_longest(durations, job.expect), Duration{1}));
  }
  return lengths;
}

std::optional<ExpectedRuns> expected_runs(const JobSpec& job, Duration length,
                                          const Horizon& horizon) {
  using Found = std::optional<ExpectedRuns>;
  return std::visit(
      Match{[](const Manual&) -> Found { return std::nullopt; },
            [](const After&) -> Found { return std::nullopt; },
            [&](const Cron&) -> Found { return by_clock(job, length, horizon); },
            [&](const At&) -> Found { return by_clock(job, length, horizon); },
            [&](const Every& s) -> Found { return on_grid(job, length, s.interval, horizon); },
            [&](const EveryBetween& s) -> Found {
              return on_grid(job, length, (s.shortest + s.longest) / 2, horizon);
            }},
      job.schedule);
}

double expected_share(const ExpectedRuns& runs, Duration horizon) {
  const auto ratio = [](Duration a, Duration b) {
    return static_cast<double>(a.count()) / static_cast<double>(b.count());
  };
  if (runs.kind == ExpectedRuns::Kind::always) return runs.copies;
  if (runs.kind == ExpectedRuns::Kind::grid) return ratio(runs.length, runs.interval);
  Duration covered{0};
  for_each_run(runs, horizon, [&](Duration from, Duration until) { covered += until - from; });
  return ratio(covered, horizon);
}

}  // namespace takt::core
