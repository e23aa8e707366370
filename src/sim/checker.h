#pragma once
// Checker: judges a fleet by its rows and by what a witness saw of its processes, never by looking
// into the coordinator. The simulator tells it every fact as it happens and it speaks up at the
// first broken law; the cost of a fact does not grow with the history.
//
//   facts of the store       committed
//   facts of the witness     tree_started  tree_beat  tree_signalled  main_ended
//                            tree_dead
//   facts of the daemon      daemon_up  reconciled  daemon_down  acknowledged  store_ill/well
//   woke_up
//
// `at` is the machine's elapsed time and never goes back.

#include <optional>

#include "core/rows.h"
#include "sim/checker_context.h"
#include "sim/checker_runs.h"
#include "sim/checker_slots.h"
#include "sim/checker_trees.h"
#include "sim/checker_watch.h"

namespace takt::sim {

class Checker {
 public:
  /// `fleet` must outlive the checker. The fleet's first start is at `origin`.
  Checker(const core::FleetSpec& fleet, Instant origin);

  /// A daemon began to work on what the store holds; `fleet` is its row (none: a new store), `wall`
  /// the time of the wall clock.
  void daemon_up(Instant at, WallTime wall, const std::optional<core::FleetRow>& fleet);
  void reconciled(Instant at);
  void daemon_down(Instant at);
  void store_ill(Instant at);
  void store_well(Instant at);
  /// The machine was suspended until now.
  void woke_up(Instant at);
  void clock_stepped(Instant at, Duration by);

  void committed(Instant at, const core::Batch& batch);
  /// Somebody was told that this run exists.
  void acknowledged(Instant at, RunId run);

  void tree_started(Instant at, Token token, RunId run, int attempt, JobIndex job);
  void tree_signalled(Instant at, Token token);
  void tree_beat(Instant at, Token token);
  void main_ended(Instant at, Token token, std::optional<int> exit_code, std::optional<int> signal);
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
  std::optional<Duration> stuck_detection_max(JobIndex job) const {
    return watch_.detection_max(job);
  }

 private:
  void move(Instant at) { context_.now = at + shift_; }
  void judge(const Deadline& missed);
  void check_epoch(const core::Batch& batch);
  template <class RowType, class Judge>
  void each(const core::Batch& batch, Judge judge);

  CheckContext context_;
  SlotCheck slots_;
  RunCheck runs_;
  TreeCheck trees_;
  WatchCheck watch_;
  Duration shift_{0};  // line - machine's elapsed time: moves when a restart lost a clock step
  std::vector<Duration> wall_offsets_;  // wall - line, in this daemon's life; the last one is true
  bool reconciled_ = false;
};

}  // namespace takt::sim
