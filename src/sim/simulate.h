#pragma once
// Simulation of a fleet: days of it in seconds, through the same coordinator that the daemon runs, with
// modelled processes, a modelled store, and faults drawn from a seed; the checker judges every event.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "core/rows.h"
#include "core/spec.h"
#include "sim/faults.h"

namespace takt::sim {

struct Options {
  Duration length = std::chrono::hours{24};  // fleet time
  std::uint64_t seed = 1;
  bool faults = true;  // those of the mix
  bool check = true;   // run the checker after every event
  /// Lengths of jobs are drawn evenly from these multiples of `expect`; by default from a bell around it.
  std::optional<std::pair<double, double>> durations_within = {};
  /// Told of every batch that the store took, in order.
  std::function<void(const core::Batch&)> committed = {};
};

struct Violation {
  std::string invariant;  // "S3"
  WallTime at;
  std::string text;
};

struct JobReport {
  std::string name;
  std::int64_t slots = 0;
  std::int64_t ran = 0;
  std::map<std::string, std::int64_t> skipped;  // by reason
  std::int64_t missed = 0;
  std::int64_t ok = 0;
  std::int64_t failed = 0;
  Duration lateness_p50{0};
  Duration lateness_p99{0};
  Duration lateness_max{0};
  std::int64_t recoveries = 0;
  std::optional<Duration> detection_max;  // verdict minus threshold, worst of hung and stuck
};

struct PoolReport {
  std::string name;
  double used_mean = 0;  // units, over the whole time
  int peak = 0;          // units held at once
  Duration wait_p95{0};  // from queueing to the first start, of runs that use it
};

struct Report {
  std::uint64_t seed = 1;
  Duration simulated{0};
  std::int64_t runs = 0;
  std::map<std::string, std::int64_t> faults;    // fired, by kind
  std::map<std::string, std::int64_t> coverage;  // points of coverage.h, 0 for those never seen
  std::vector<Violation> violations;             // the first 100, and one of each law
  std::int64_t violation_count = 0;
  std::vector<JobReport> jobs;
  std::vector<PoolReport> pools;
  /// Turns in which the checker held who started against its slow reference admission.
  std::int64_t admissions_judged = 0;
  std::uint64_t hash = 0;  // of every event and effect, in order
};

/// The default mix has at least 5 faults a fleet-day.
Report simulate(const core::FleetSpec& spec, const Options& options, const Mix& mix = {});

}  // namespace takt::sim
