#pragma once
// Metrics: what a simulation reports of each job, counted from the rows as they are committed.
//
//   slots      decided, by run or by range      ran, ok, failed    settled runs
//   lateness   of runs that the schedule made   skipped, missed    slots and runs that were given
//   up

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/rows.h"
#include "core/spec.h"
#include "sim/simulate.h"

namespace takt::sim {

class Metrics {
 public:
  explicit Metrics(const core::FleetSpec& fleet);

  void committed(const core::Batch& batch);

  /// A verdict came this long after its threshold.
  void detected(JobIndex job, Duration late);

  std::int64_t runs() const { return runs_; }

  /// One report a job, in the order of the fleet.
  std::vector<JobReport> reports() const;

 private:
  struct Job {
    JobReport report;
    std::vector<std::int32_t> lateness_ms;
    SlotNumber range_first = -1;  // the newest range of slots, which may be told again, grown
    SlotNumber range_last = -1;
  };

  void run(const core::RunRow& row);
  void slots(const core::SlotsRow& row);
  void give_up(Job& job, core::Disposition disposition, std::optional<core::Reason> reason,
               std::int64_t count);

  std::unordered_map<std::string_view, JobIndex> index_;
  std::vector<Job> jobs_;
  std::vector<bool> seen_;  // by run id
  std::vector<bool> ended_;
  std::int64_t runs_ = 0;
};

}  // namespace takt::sim
