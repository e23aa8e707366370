#pragma once
// SlotCheck: every slot is accounted for, once, at the right instant (S1, S5).
//
// The oracle is not the coordinator's: it steps a grid by addition from the epoch and knows of each
// job only the next undecided slot. Drawn intervals are asked from core/schedule.h but held against
// their bounds; `after` follows from ends that the rows themselves tell. Cron and at are judged by
// what their slots are called on the wall clock (sim/cron_oracle.h), which no step of it changes.

#include <map>
#include <optional>
#include <vector>

#include "core/rows.h"
#include "core/schedule.h"
#include "sim/checker_context.h"

namespace takt::sim {

class SlotCheck {
 public:
  explicit SlotCheck(CheckContext& context);

  // Rows are gathered and judged together by batch_done(), since a batch may tell them in any
  // order.

  /// A run appeared for the first time; its slot, if it has one, is decided or waits.
  void run_made(const core::RunRow& row, JobIndex job);
  /// The job's last open run is settled or given up at `at`; a new one may have come since.
  void run_ended(JobIndex job, Instant at, bool has_open_run);
  void slots(const core::SlotsRow& row, JobIndex job);
  void batch_done();

  /// The wall clock was stepped: slots that follow it lie elsewhere on the line.
  void wall_moved();

  /// The line went back, since a restart lost a clock step.
  void line_went_back();

  /// The wall clock is set so far behind what was decided by it that no slot comes for more than
  /// `interval`.
  bool waits_for_the_clock(JobIndex job, Duration interval) const;

  /// slot_decided: is slot `number` still undecided?
  void missed(JobIndex job, SlotNumber number);

 private:
  /// The next undecided slot. `after` jobs have a span in which it may lie; while `due_last` is
  /// unknown nothing can be demanded.
  struct Next {
    SlotNumber number = 0;
    std::optional<WallTime> name;  // cron and at: instead of due; none: there is no further slot
    Instant due;
    std::optional<Instant> due_last;
    bool has_open_run = false;
    /// Cron and at: since when it has been due by every clock that there was; ahead while it is not.
    std::optional<Instant> owed_since;
    std::map<SlotNumber, SlotNumber> ranges;  // of SlotsRows, to recognise one that grew
  };
  struct Decision {
    JobIndex job;
    SlotNumber first;
    SlotNumber last;
    Instant at;
    Instant last_at;
    std::optional<Instant> decided_at;  // for slots that did not become a run
    WallTime name;                      // of the first and of the last
    WallTime last_name;
  };
  struct End {
    JobIndex job;
    Instant at;
  };

  void judge(const Decision& decision);
  void check_instants(const Next& next, const Decision& decision);
  void step(Next& next, const Decision& decision);
  void require(JobIndex job);
  void require_by_the_wall(JobIndex job);
  bool follows_the_wall(JobIndex job) const;
  std::optional<WallTime> name_after(JobIndex job, WallTime name) const;
  void judge_names(Next& next, const Decision& decision);

  CheckContext& context_;
  std::vector<Next> next_;
  std::vector<Decision> decisions_;
  std::vector<End> ends_;
};

}  // namespace takt::sim
