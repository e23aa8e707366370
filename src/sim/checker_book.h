#pragma once
// Book: runs that are open, attempts that live and facts of jobs, by the rows alone, for those parts of
// the checker that judge why a run starts or waits. A batch is one turn of the coordinator: what it
// tells is applied as a whole, and `turn()` says what was new in it.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "core/rows.h"
#include "sim/checker_context.h"

namespace takt::sim {

/// How a waiting run stands to the nth need of its job.
struct Join {
  std::optional<RunId> upstream;  // whose end it waits for
  bool failed = false;            // it ended and did not bring it
};

struct BookRun {
  RunId id;
  JobIndex job = 0;
  core::Cause cause = core::Cause::schedule;
  core::Priority priority = core::Priority::P2;
  Instant own_rank;
  std::optional<Instant> lent_rank;
  core::RunState state = core::RunState::waiting;
  Instant queued_at;
  std::optional<Instant> slot_due;
  std::optional<Instant> started_at;
  std::optional<Instant> retry_at;
  std::optional<RunId> triggered_by;
  bool forced = false;
  bool cancelled = false;
  const core::RunRow* over = nullptr;  // its last row, told in the turn that is open
  std::vector<Join> joins;
  // What the parts have found out about it.
  std::optional<Instant> eligible_since;  // nothing of its own holds it
  bool was_blocked = false;               // in the last turn
  bool unclear = false;                   // it lapsed, and nobody may have looked at it yet
  bool comes_late = false;                // made for one whose turn came and that had lapsed
  bool ranks_by_law = true;               // its own rank is one that it may have (S15)
  std::optional<Instant> owed_since;      // it could start and did not

  Instant rank() const { return lent_rank ? std::min(*lent_rank, own_rank) : own_rank; }
};

struct BookLease {
  RunId run;
  JobIndex job = 0;
  core::SharedValue<core::Uses> units;
  core::Priority priority = core::Priority::P2;
  Instant place;  // its rank at the start with what it was lent, as the law has it
  WallTime started_at;
  Instant since;    // its start, as told last
  Instant decided;  // it holds its units since then; for a new daemon that is its start
  Instant expected_end;
  bool has_process = false;
  bool unclear = false;         // since when it is counted is not in the rows
  std::vector<int> slots_then;  // of its pools, when it was decided
};

struct BookJob {
  bool paused = false;
  bool quarantined = false;
  std::optional<Instant> last_success;
  std::optional<Instant> last_success_started;
  std::optional<Instant> last_not_brought;  // a run of it ended without success
  std::optional<Instant> waiting_due;       // of the oldest slot missed since the last start
  std::optional<Instant> waited_due;        // the same before the turn that is open
  bool could_not_bring = false;             // before the turn that is open
  std::optional<Instant> last_waited;       // the last turn that found a run of it without attempt
  std::deque<Duration> lengths;             // of the last 50 that ended ok
  std::vector<Duration> lengths_in_order;   // the same, shortest first
  std::vector<RunId> open;                  // oldest first
};

/// Both take units of some pool.
bool share_pool(const core::Uses& a, const core::Uses& b);

class Book {
 public:
  explicit Book(CheckContext& context);

  struct Turn {
    Instant at;
    std::vector<Token> started;  // in their order
    std::vector<RunId> made;
    std::vector<RunId> over;  // still to be found in `runs` until the turn is closed
    bool by_hand = false;     // a run was triggered by hand
    bool muddled = false;     // an attempt was both decided and over
    bool reloaded = false;

    void begin(Instant clock);
  };

  /// A new daemon reads these pools in the fleet file.
  void daemon_up(const std::vector<core::PoolSpec>& file);
  /// Applies a batch. `file`: the pools of the fleet file when it was decided; empty: not known.
  void open_turn(const core::Batch& batch, const std::vector<core::PoolSpec>& file);
  /// Forgets what is over.
  void close_turn();

  const Turn& turn() const { return turn_; }
  const std::vector<core::PoolSpec>& pools() const { return pools_; }
  BookRun* find(RunId run);
  const BookRun* find(RunId run) const;
  /// Its length as expected: p95 of the last 50, before that `expect`, else a minute; never longer than
  /// its timeout.
  Duration length_of(JobIndex job) const;
  bool has_attempt(RunId run) const { return living_.contains(run); }
  /// The tree of the attempt has been dead for as long as a start may take, whatever the rows say.
  bool is_dead(Token token) const;
  /// An older run of the job is in its way.
  bool is_blocked(const BookRun& run) const;
  /// They want units of the same pool.
  bool share_pool(const BookRun& a, const BookRun& b) const;
  bool can_bring(JobIndex job) const;
  /// Due time + class x ageing, of its own slot.
  Instant rank_of_its_slot(const BookRun& run) const;
  /// What it lends to whom it waits for: that, and what was lent to it. What its job missed before, which
  /// may make its own rank better, is for its own start.
  Instant rank_to_lend(const BookRun& run) const;
  /// When a run of a job with needs was last open without an attempt; nullopt: never.
  std::optional<Instant> last_waited(JobIndex job) const;

  std::map<RunId, BookRun> runs;
  std::vector<BookJob> jobs;
  std::map<Token, BookLease> leases;  // of attempts without an end, those without units too

 private:
  void apply(const core::JobRow& row);
  void apply(const core::RunRow& row);
  void apply(const core::AttemptRow& row);
  void settle(BookRun& run, const core::RunRow& row);
  bool waits(JobIndex job) const;
  void take_up_anew();

  CheckContext& context_;
  Turn turn_;
  std::vector<core::PoolSpec> pools_;
  std::map<RunId, Token> living_;
  std::vector<JobIndex> needing_;       // jobs with needs
  std::vector<JobIndex> changed_jobs_;  // in the last turn
};

/// 1, 1.25, 1.5 or 1.75 times a power of two milliseconds, the first that is not less.
Duration rounded(Duration length);

}  // namespace takt::sim
