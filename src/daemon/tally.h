#pragma once
// Tally: what a daemon saw between its start and its end, counted from the rows that went to the store.
// For the summary at the end of `up` and its exit code.

#include <map>
#include <string>
#include <vector>

#include "core/rows.h"

namespace takt::daemon {

class Tally {
 public:
  void count(const core::Row& row);

  /// No run ended for good without success, and nothing was missed or lost.
  bool all_well() const;

  /// A table for people, a line a job in the order of their names.
  std::string summary(Duration fleet_time, Duration wall_time) const;

 private:
  struct PerJob {
    int ok = 0;
    int failed = 0;
    int cancelled = 0;
    int retries = 0;
    std::int64_t skipped = 0;
    std::int64_t missed = 0;
    std::int64_t coalesced = 0;
    int recoveries = 0;
    std::vector<Duration> lateness;
  };
  void count_run(const core::RunRow& run);
  void count_attempt(const core::AttemptRow& attempt);
  void count_slots(const core::SlotsRow& slots);

  std::map<std::string, PerJob> jobs_;
  std::map<std::string, int> events_;
};

}  // namespace takt::daemon
