#pragma once
// Metrics: what a simulation reports of each job, counted from the rows as they are committed.
//
//   slots      decided, by run or by range      ran, ok, failed    settled runs
//   lateness   of runs that the schedule made   skipped, missed    slots and runs that were given
//   up
//   pools      units held by attempts, from start to end

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/pool.h"
#include "core/rows.h"
#include "core/spec.h"
#include "sim/simulate.h"

namespace takt::sim {

class Metrics {
 public:
  explicit Metrics(const core::FleetSpec& fleet);

  /// At this instant of the machine.
  void committed(Instant at, const core::Batch& batch);

  /// A verdict came this long after its threshold.
  void detected(JobIndex job, Duration late);

  std::int64_t runs() const { return runs_; }

  /// One report a job, in the order of the fleet.
  std::vector<JobReport> reports() const;
  /// One report a pool, in the order of the fleet.
  std::vector<PoolReport> pool_reports(Instant begin, Instant end) const;

 private:
  struct Job {
    JobReport report;
    std::vector<std::int32_t> lateness_ms;
    SlotNumber range_first = -1;  // the newest range of slots, which may be told again, grown
    SlotNumber range_last = -1;
  };

  struct Pool {
    PoolReport report;
    std::int64_t unit_ms = 0;
    int used = 0;
    std::vector<std::int32_t> waits_ms;
  };
  struct Holding {
    Instant since;
    std::vector<core::Use> units;
  };

  void attempt(Instant at, const core::AttemptRow& row);
  void waited(const core::RunRow& row, JobIndex job);
  void run(const core::RunRow& row);
  void slots(const core::SlotsRow& row);
  void give_up(Job& job, core::Disposition disposition, std::optional<core::Reason> reason,
               std::int64_t count);

  std::unordered_map<std::string_view, JobIndex> index_;
  std::vector<Job> jobs_;
  std::vector<Pool> pools_;
  std::vector<std::shared_ptr<const core::Uses>> uses_;  // by job
  std::map<Token, Holding> holding_;
  std::vector<bool> seen_;  // by run id
  std::vector<bool> ended_;
  std::int64_t runs_ = 0;
};

}  // namespace takt::sim
