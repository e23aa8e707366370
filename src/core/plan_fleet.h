#pragma once
// Planner: the jobs of a fleet that use pools, where each begins now, and how some of them are moved.
// Between the fleet's words (jobs, pools, offsets) and the search's (blocks, lanes, phases).

#include <vector>

#include "core/plan.h"
#include "core/plan_search.h"

namespace takt::core {

class Planner {
 public:
  Planner(const FleetSpec& spec, const Horizon& horizon, const std::vector<Duration>& lengths);

  struct Job {
    JobIndex job = 0;
    ExpectedRuns runs;  // with `offset`
    Duration offset{0};
    bool can_move = false;  // has a grid whose place makes a difference
  };
  /// Those whose runs can be known, in the order of the file.
  const std::vector<Job>& jobs() const { return jobs_; }
  /// The others that use pools.
  const std::vector<JobIndex>& unplanned() const { return unplanned_; }

  /// Puts a job where somebody else has decided; `at` is its place in jobs().
  void set_offset(std::size_t at, Duration offset);

  /// Chooses offsets for the jobs that are `free` (one answer a job of jobs()). They stay where they are
  /// unless that is better, and no pool is over its slots for longer than before.
  void choose(const std::vector<bool>& free, std::int64_t steps);

  PoolOutlook outlook(PoolIndex pool) const;
  std::int64_t lower_bound(PoolIndex pool) const;

 private:
  struct Score;
  struct Reserve {
    PoolIndex pool = 0;
    std::size_t better = 0;  // the class that it is kept for
  };
  void add_reserves(PoolIndex pool);
  void add_job(JobIndex index, Duration length);
  PlanProblem problem_for(const std::vector<bool>& free, std::int64_t steps) const;
  ExpectedRuns usual_runs(const Job& job) const;
  std::vector<PoolLoad> loads_of(std::size_t lane) const;
  Score score(const std::vector<std::uint32_t>& lanes) const;
  void take_over(const PlanPart& part);
  Duration offset_at(const Job& job, Duration phase) const;
  bool is_long(const Job& job) const { return job.runs.interval > horizon_.length; }

  const FleetSpec& spec_;
  Horizon horizon_;
  std::vector<Reserve> reserves_;
  std::vector<PlanLane> lanes_;                // the pools, then one a reserve: whom it holds off
  std::vector<std::vector<PlanUnits>> takes_;  // by place in jobs_
  std::vector<Job> jobs_;
  std::vector<std::vector<std::pair<std::size_t, int>>> users_;  // of a lane: job, weight
  std::vector<JobIndex> unplanned_;
};

}  // namespace takt::core
