#pragma once
// Checker: judges a fleet by its rows and by what a witness saw of its processes, never by looking
// into the coordinator. The simulator tells it every fact as it happens and it speaks up at the
// first broken law; the cost of a fact does not grow with the history.
//
//   of the store     committed   store_ill   store_well
//   of the witness   tree_started   tree_beat   tree_signalled   main_ended   output_stored   tree_dead
//   of the daemon    daemon_up   reconciled   stopping   daemon_down   frozen   thawed   draining   acknowledged
//                    told   handed_over   cleanup_asked   file_says
//                    told_recorded   end_told   kill_asked   leftover_sought   woken_for_nothing
//   of the machine   woke_up   clock_stepped
//
//   part           laws                       part          laws
//   SlotCheck      S1 S5 L8                   NodeCheck     S10 S12
//   RunCheck       S1 S2 S6 S7 S10 S16 L1 L7  TokenCheck    S9 S11
//   TreeCheck      S2 S3 S4 S8 S13 S16 L4     PromptCheck   L1 L8 L10
//   WatchCheck     L5                         NeedCheck     S14
//   PoolCheck      S13                        AdmissionCheck S15
//   StarvationCheck L6                        and the checker itself: L2 L6
//
// `at` is the machine's elapsed time and never goes back.

#include <optional>

#include "core/rows.h"
#include "sim/checker_admission.h"
#include "sim/checker_book.h"
#include "sim/checker_context.h"
#include "sim/checker_needs.h"
#include "sim/checker_nodes.h"
#include "sim/checker_pools.h"
#include "sim/checker_promptness.h"
#include "sim/checker_runs.h"
#include "sim/checker_slots.h"
#include "sim/checker_starvation.h"
#include "sim/checker_tokens.h"
#include "sim/checker_told.h"
#include "sim/checker_trees.h"
#include "sim/checker_watch.h"

namespace takt::sim {

class Checker {
 public:
  /// `fleet` must outlive the checker. The fleet's first start is at `origin`.
  Checker(const core::FleetSpec& fleet, Instant origin);

  /// The daemon `node` began to work on what the store holds; `fleet` is its row (none: a new
  /// store), `wall` the time of the wall clock. Its life is the number of daemons so far.
  void daemon_up(Instant at, WallTime wall, const std::optional<core::FleetRow>& fleet,
                 NodeId node);
  void reconciled(Instant at);
  /// The daemon was asked to stop; from now on nothing can be demanded of it.
  void stopping(Instant at);
  /// The daemon hears of something; before it answers.
  void told(Instant at, const core::Event& event);
  void cleanup_asked(Instant at);
  /// A batch leaves the daemon.
  void handed_over(Seq seq) { told_.handed_over(seq); }
  /// The fleet file says this of pools; a daemon that reads it anew will go by it.
  void file_says(const std::vector<core::PoolSpec>& pools) { told_.file_says(pools); }
  void daemon_down(Instant at);
  /// The daemon is stopped as by SIGSTOP, and goes on again.
  void frozen(Instant at);
  void thawed(Instant at);
  /// The daemon starts nothing more.
  void draining(Instant at);
  void store_ill(Instant at);
  void store_well(Instant at);
  /// The machine was suspended until now.
  void woke_up(Instant at, Duration slept);
  void clock_stepped(Instant at, Duration by);

  /// A batch of the daemon's life number `life` is in the store.
  void committed(Instant at, int life, const core::Batch& batch);
  /// The daemon hears that its batches up to `through` are in the store.
  void told_recorded(Instant at, Seq through);
  /// Somebody was told that this run exists.
  void acknowledged(Instant at, RunId run);
  void woken_for_nothing(Instant at);

  struct Start {
    Token token;
    RunId run;
    int attempt = 1;
    JobIndex job = 0;
    int life = 0;  // of the daemon that launched it
  };
  void tree_started(Instant at, const Start& start);
  void tree_signalled(Instant at, Token token);
  void tree_beat(Instant at, Token token);
  void main_ended(Instant at, Token token, std::optional<int> exit_code, std::optional<int> signal,
                  bool out_of_memory = false);
  /// Of `emitted` bytes of output `stored` are in the log, and a mark says that `cut` are not.
  void output_stored(Instant at, Token token, std::int64_t emitted, std::int64_t stored,
                     std::int64_t cut);
  void end_told(Instant at, Token token);
  void kill_asked(Instant at, Token token);
  void leftover_sought(Instant at, const core::AttemptRow& attempt);
  void tree_dead(Instant at, Token token);

  /// Something that the witness of the daemon itself found wrong.
  void complain(Instant at, std::string_view invariant, std::string text);

  /// Time goes on: whatever had to happen by `at` has.
  void advance(Instant at);
  /// The end of a simulation that had no new faults since `healed`: every job that had time to
  /// succeed since then must have.
  void finish(Instant at, Instant healed);

  const std::vector<Violation>& violations() const { return context_.violations; }
  std::int64_t violation_count() const { return context_.violation_count; }
  /// Turns in which who started was held against the reference.
  std::int64_t admissions_judged() const { return admission_.turns_judged(); }
  std::optional<Duration> stuck_detection_max(JobIndex job) const {
    return watch_.detection_max(job);
  }

 private:
  struct WallOffset {
    Duration offset;  // wall - line
    Instant since;
  };

  void move(Instant at) { context_.now = at + shift_; }
  void judge(const Deadline& missed);
  void check_epoch(const core::Batch& batch);
  Duration wait_for_units(JobIndex job) const;
  bool had_time_to_succeed(JobIndex job, Instant at, Instant healed) const;
  template <class RowType, class Judge>
  void each(const core::Batch& batch, Judge judge);

  CheckContext context_;
  Book book_;
  Told told_;
  NeedCheck needs_;
  StarvationCheck starvation_;
  AdmissionCheck admission_;
  PoolCheck pools_;
  SlotCheck slots_;
  RunCheck runs_;
  TreeCheck trees_;
  WatchCheck watch_;
  NodeCheck nodes_;
  TokenCheck tokens_;
  PromptCheck prompt_;
  Duration shift_{0};  // line - machine's elapsed time: moves when a restart lost a clock step
  std::vector<WallOffset> wall_offsets_;  // in this daemon's life; the last one is true
  Instant away_since_;                    // no daemon, or a stopped one
  bool reconciled_ = false;
};

}  // namespace takt::sim
