#pragma once
// RunCheck: runs and attempts obey the retry law (S6), attempts are recorded once and in order
// (S2), and what is recorded of them is true (S7, S16): outcomes against what the witness saw,
// heartbeats against the fold of the history.
//
//   checker_runs.cpp    the retry law, and what has to happen by when
//   checker_truth.cpp   what is recorded of an attempt's end
//   checker_fold.cpp    what is told of a job as a whole

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/rows.h"
#include "sim/checker_admission.h"
#include "sim/checker_context.h"
#include "sim/checker_slots.h"

namespace takt::sim {

class RunCheck {
 public:
  RunCheck(CheckContext& context, SlotCheck& slots, const AdmissionCheck& admission);

  // Rows of one batch, in this order: all runs, all attempts, jobs and heartbeats, then
  // batch_done().
  /// True: the run was not known before.
  bool run(const core::RunRow& row, JobIndex job);
  void attempt(const core::AttemptRow& row, JobIndex job);
  void job_row(const core::JobRow& row, JobIndex job);
  void heartbeat(const core::HeartbeatRow& row, JobIndex job);
  /// Slots that did not run: is there evidence for the reason? After runs and jobs of the batch.
  void check_reason(const core::SlotsRow& row, JobIndex job);
  void batch_done();

  /// A run that was acknowledged to somebody must be in the store (S10).
  void acknowledged(RunId run);

  /// The line went back under runs that exist already, since a restart lost a clock step.
  void line_went_back();

  /// Deadlines: the run or attempt has not made it by now.
  void missed_start(RunId run);
  void missed_retry(RunId run, int attempt);
  void missed_end(Token token);
  /// The store has been back for as long as it may take: nothing is held by it any more (L7).
  void store_is_normal();

  /// A daemon starts: so many runs it has to look after.
  void daemon_up() { open_at_start_ = static_cast<std::int64_t>(open_.size()); }
  std::int64_t open_at_start() const { return open_at_start_; }

  std::optional<Instant> last_success(JobIndex job) const { return folds_[job].last_success; }
  bool has_open_run(JobIndex job) const { return folds_[job].open > 0; }
  /// When the run's slot was due; nullopt: it has none, or is not open.
  std::optional<Instant> slot_of(RunId run) const;
  /// The same of a run that the schedule made and that nothing held before its first attempt.
  std::optional<Instant> free_slot_of(RunId run) const;
  bool is_held(JobIndex job) const { return folds_[job].paused || folds_[job].quarantined; }

 private:
  struct Run {
    JobIndex job = 0;
    std::optional<Instant> slot_due;
    int attempts = 0;
    int failures = 0;
    int losses = 0;
    std::optional<Token> last_token;
    std::optional<core::Outcome> last;  // of the last attempt; none while it is not over
    std::optional<int> last_exit;
    core::Cause cause = core::Cause::schedule;
    bool was_held = false;                  // a gate said no
    bool cancelled = false;                 // asked for; no further attempt
    Instant eligible;                       // of the next attempt, at the earliest
    bool is_new = true;                     // made in that batch
    const core::RunRow* settled = nullptr;  // its last row, in the batch that is being judged
  };
  /// What the history says of a job, to be found again in its heartbeat.
  struct Fold {
    int open = 0;
    int alive = 0;    // of them: with an attempt that has not ended
    int backing = 0;  // of them: between two attempts
    int made = 0;     // in the batch that is being judged
    int consecutive_failures = 0;
    bool paused = false;
    bool quarantined = false;
    bool was_paused = false;  // before the batch that is being judged, or in it
    bool was_quarantined = false;
    bool touched = false;
    std::optional<core::Outcome> last_outcome;
    std::optional<Instant> last_success;
    std::optional<Instant> last_success_started;
    std::optional<Instant> last_failure;
    std::optional<core::HeartbeatRow> beat;
    Duration beat_offset{0};  // wall - line when it was written
  };

  void check_queue(const core::RunRow& row, JobIndex job);
  void new_attempt(Run& run, const core::AttemptRow& row);
  void ended_attempt(Run& run, const core::AttemptRow& row, AttemptFacts& facts);
  void check_truth(const core::AttemptRow& row, const AttemptFacts& facts);
  void check_killed(const core::AttemptRow& row, const AttemptFacts& facts);
  void count(Run& run, const core::AttemptRow& row);
  void settle(RunId id, Run& run);
  /// A gate that the rows cannot show the end of may hold the job's runs.
  bool may_be_held(JobIndex job) const;
  bool nothing_holds(RunId id, const Run& run) const;
  core::JobState state_of(JobIndex job) const;
  bool has_evidence(const core::SlotsRow& row, JobIndex job) const;
  void check_may_end(const core::RunRow& row, const Run& run);
  void check_heartbeat(JobIndex job);
  void touch(JobIndex job);
  bool was_ended(RunId run) const;

  CheckContext& context_;
  SlotCheck& slots_;
  const AdmissionCheck& admission_;
  std::unordered_map<RunId, Run> open_;
  std::vector<bool> ended_;  // by run id
  std::vector<std::pair<RunId, JobIndex>> made_;
  std::vector<RunId> settled_;
  std::vector<Fold> folds_;
  std::vector<JobIndex> touched_;
  std::int64_t open_at_start_ = 0;
};

}  // namespace takt::sim
