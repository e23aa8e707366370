#pragma once
// Trimmer: deletes the history that is kept no longer, in steps so small that a start never waits
// for one noticeably. The writer's thread owns it and steps when it has nothing to write, or between
// two groups when much is left.
//
//   kept of a job        the newest keep_runs runs, of those the ones that ended within keep_for,
//                        each with its attempts; as many ranges of slots, within keep_for
//   kept at any rate     open runs and what they refer to; the newest run and the newest good one;
//                        cursors, heartbeats (so: last success, freshness); lengths of the last 50
//                        good runs
//   events, nodes        events_for(), and the newest kEventsMax / kNodesMax of them
//   notices              events_for(); those pending, and the newest about each subject, at any rate
//
// What it looks at: a job of which a run has ended; every hour, and at first, all of them. Time is
// the fleet's, as the batches tell it: where nothing is written nothing grows. The table `retention`
// says from where on a job's history is whole.
//
// Deleted pages are used again; the file does not shrink. Private to this folder; one thread.

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "core/rows.h"
#include "store/keep_rules.h"
#include "store/sql.h"

namespace takt::store {

class Trimmer {
 public:
  static constexpr int kStepRuns = 200;
  static constexpr int kStepJobs = 100;
  static constexpr int kStepEvents = 1000;
  static constexpr std::int64_t kEventsMax = 100'000;
  static constexpr std::int64_t kNodesMax = 1000;

  /// Everything is looked at anew.
  void set(KeepRules rules);

  /// A batch was committed.
  void saw(const core::Batch& batch);

  bool has_work() const { return !jobs_.empty() || sweep_.has_value() || events_due_; }
  /// Since the last set().
  const Trimmed& trimmed() const { return trimmed_; }
  /// There is more than a step can do: it may not wait for a quiet moment.
  bool is_behind() const { return behind_; }

  /// One transaction: looks at a few jobs, deletes at most kStepRuns runs. A failure sticks to the
  /// connection, and the same step is done again next time.
  void step(sql::Connection& connection);

 private:
  static constexpr std::size_t kJobsMax = 10'000;

  struct Work;
  void trim_jobs(Work& work);
  void go_on_sweeping(Work& work);
  void trim_fleet(sql::Connection& connection);

  KeepRules rules_;
  std::optional<WallTime> now_;
  std::optional<WallTime> swept_at_;
  std::set<std::string> jobs_;        // of which a run has ended
  std::optional<std::string> sweep_;  // the last job that a sweep has looked at
  bool events_due_ = false;
  Trimmed trimmed_;
  int events_since_ = 0;
  bool behind_ = false;  // the last step had no time for all of it
};

}  // namespace takt::store
