#pragma once
// StarvationCheck: nobody waits for units for ever while others have them (L6). Where a run stands among
// those that want the same is worked out by law: its own rank, and what those who wait for it have to
// lend. 3 x ageing and what may pass it after it could have started, it waits behind nobody but runs
// that rank before it, or that are longer at it than was to be expected.

#include <optional>

#include "sim/checker_book.h"
#include "sim/checker_context.h"

namespace takt::sim {

class StarvationCheck {
 public:
  StarvationCheck(CheckContext& context, Book& book) : context_(context), book_(book) {}

  /// Of those that started in the turn that is open in the book.
  void note_places();

  /// From this turn on nothing of its own holds the run: what it waits for are units and others.
  void watch(const BookRun& run);

  /// So long after it could have had its units.
  void missed_turn(RunId run);

 private:
  Instant own_place(const BookRun& run) const;
  std::optional<Instant> lent_by_law(const BookRun& to) const;
  Instant place(const BookRun& run) const;
  bool is_starved(const BookRun& run) const;

  CheckContext& context_;
  Book& book_;
};

}  // namespace takt::sim
