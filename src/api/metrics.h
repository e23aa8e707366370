#pragma once
// Metrics: what Prometheus reads at /metrics, as plain values and as text. Gauges come from the
// views, counters from the rows that the daemon has written since its start (they begin at 0 again
// after a restart, which is what Prometheus expects).
//
// Series by job exist in fleets of up to kJobsMax jobs; a larger one has the sums only. Nothing a
// job or a trigger says (notes, parameters, output) is in it.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/memory.h"
#include "core/view.h"

namespace takt::api {

/// Counts of lengths by upper bound, as Prometheus has them.
struct Histogram {
  static constexpr std::array<double, 13> kBounds{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
                                                  1,     2.5,  5,     15,   60,  300};
  std::array<std::int64_t, kBounds.size() + 1> counts{};  // each by its own bound; the last: beyond
  double sum_seconds = 0;

  void add(Duration length);
};

struct Metrics {
  static constexpr std::size_t kJobsMax = 1000;

  using ByTwoWords = std::map<std::pair<std::string_view, std::string_view>, std::int64_t>;
  /// Since the daemon's start. Words live for ever.
  struct Counters {
    std::map<std::string, std::map<std::string_view, std::int64_t>> runs;  // job, outcome; "": sum
    std::map<std::string_view, std::int64_t> attempts;                     // outcome
    ByTwoWords slots;                                                      // disposition, reason
    ByTwoWords events;                                                     // kind, severity
    Histogram lateness;
    std::map<std::string_view, Histogram> detection;  // by the kind of the verdict's event
    std::int64_t beats = 0;
  };
  struct Process {
    std::int64_t resident_bytes = 0;
    int open_files = 0;
    double cpu_seconds = 0;
    double started_at_seconds = 0;
  };

  bool ready = false;
  core::FleetView fleet;
  std::vector<core::JobView> jobs;  // none in a fleet of more than kJobsMax
  int max_running = 0;
  std::int64_t store_backlog = 0;
  Memory memory;
  Counters counters;
  Process process;
};

inline constexpr std::string_view kMetricsType = "text/plain; version=0.0.4; charset=utf-8";

/// The text format, version 0.0.4.
std::string render(const Metrics& metrics);

}  // namespace takt::api
