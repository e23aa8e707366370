#pragma once
// WatchCheck: a job without success is called stuck, in time and never early (L5).
//
// By the rows alone: the law counts from the latest of last success, first load, resume and the
// daemon's start; verdicts since the last success double the wait before the next.

#include <optional>
#include <vector>

#include "core/rows.h"
#include "sim/checker_book.h"
#include "sim/checker_context.h"
#include "sim/checker_runs.h"

namespace takt::sim {

class WatchCheck {
 public:
  WatchCheck(CheckContext& context, const RunCheck& runs, const Book& book);

  /// To be called before the JobRow of its batch.
  void event(const core::EventRow& row, JobIndex job);
  void job_row(const core::JobRow& row, JobIndex job);
  void daemon_up();
  void missed_verdict(JobIndex job);

  /// Worst time from threshold to verdict.
  std::optional<Duration> detection_max(JobIndex job) const { return jobs_[job].detection_max; }

 private:
  struct Job {
    int verdicts = 0;
    std::optional<Instant> last_verdict;
    std::optional<Instant> resumed;
    bool watched = true;
    Instant watched_since;
    std::optional<Duration> detection_max;
  };

  /// The last instant at which the job is not stuck yet.
  Instant threshold(JobIndex job) const;

  CheckContext& context_;
  const RunCheck& runs_;
  const Book& book_;
  std::vector<Job> jobs_;
};

}  // namespace takt::sim
