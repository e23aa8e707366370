#pragma once
// Counters: the rows that went to the store since the daemon's start, counted for /metrics.

#include "api/metrics.h"
#include "core/rows.h"

namespace takt::daemon {

class Counters {
 public:
  /// `by_job`: whether the fleet is small enough for series by job.
  explicit Counters(bool by_job) : by_job_(by_job) {}

  void count(const core::Row& row);
  void count_beat() { counters_.beats += 1; }

  /// Slots that did not become a run, for this reason.
  std::int64_t slots_for(core::Reason reason) const;

  const api::Metrics::Counters& values() const { return counters_; }

 private:
  void count_run(const core::RunRow& run);
  void count_slots(const core::SlotsRow& slots);
  void count_event(const core::EventRow& event);

  bool by_job_;
  api::Metrics::Counters counters_;
};

/// What the kernel says about this process.
api::Metrics::Process process_facts();

}  // namespace takt::daemon
