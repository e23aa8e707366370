#pragma once
// NeedCheck: nothing starts without what it needs (S14). At each start every need is fresh by rows that
// were there when it was decided, or the run was forced, or `on_timeout` lets it run and its wait is
// over or the other job cannot bring it; whoever waits is given up when his wait is over, and hears in
// the same turn that what he waited for has failed; runs never wait for one another in a circle.
//
// Whom a run waits for is worked out from the rows: the oldest open run of the job that it needs.

#include <optional>

#include "core/rows.h"
#include "sim/checker_book.h"
#include "sim/checker_context.h"
#include "sim/checker_told.h"

namespace takt::sim {

/// How a run stands to all its needs.
enum class NeedsAnswer { pass, wait, refused };

class NeedCheck {
 public:
  NeedCheck(CheckContext& context, Book& book) : context_(context), book_(book) {}

  /// Judges the turn that is open in the book.
  void turn(const core::Batch& batch, const ToldFacts& told);

  NeedsAnswer answer(const BookRun& run, Instant at) const;

  /// The wait of a run is over by now.
  void missed_end_of_wait(RunId run);

 private:
  enum class One { fresh, timed_out, failed, joined, stale };

  const core::Needs& needs_of(const BookRun& run) const { return *context_.spec(run.job).needs; }
  One judge(const BookRun& run, std::size_t nth, Instant at) const;
  bool is_fresh(JobIndex job, const core::Need& need, Instant at) const;
  std::optional<RunId> under_way(JobIndex job) const;
  bool failed_since(const BookRun& run, JobIndex upstream) const;
  void check_starts();
  void expect_an_answer(const BookRun& run, const ToldFacts& told);
  void hear_of_ends();
  void hear(BookRun& run, const BookRun& upstream);
  void check_trigger(BookRun& triggered);
  bool is_asked(const BookRun& run) const;
  void join(BookRun& run);
  void check_start(const BookRun& run);
  void check_given_up(const BookRun& run);
  void check_slots(const core::SlotsRow& row, JobIndex job);
  void check_lent_ranks();
  bool waits_in_a_circle(RunId from) const;

  CheckContext& context_;
  Book& book_;
};

}  // namespace takt::sim
