#pragma once
// PromptCheck: what is due starts at once (L1), a gap in which nobody could start anything is
// followed by one run and not by a storm (L8), and nobody wakes up for nothing (L10).
//
//   gap   no daemon, a suspended machine, a stopped daemon: from .. to on the line

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/rows.h"
#include "sim/checker_context.h"

namespace takt::sim {

class PromptCheck {
 public:
  explicit PromptCheck(CheckContext& context)
      : context_(context), caught_up_(context.fleet.jobs.size()) {}

  /// Nothing could start between these instants.
  void gap(Instant from, Instant to);
  /// A run appears for the first time.
  void run_made(const core::RunRow& row, JobIndex job);

  /// A run that nothing held starts its first process; `due` is when its slot was.
  void started_freely(Instant due);

  /// The loop woke up by a timer and had nothing to do.
  void woken_for_nothing();

  void finish();

 private:
  struct CaughtUp {
    int gap = 0;  // number of the gap that is counted
    int runs = 0;
  };

  CheckContext& context_;
  std::vector<CaughtUp> caught_up_;  // by job
  int gaps_ = 0;
  Instant gap_from_;
  Instant gap_to_;
  Duration gap_offset_{0};                     // wall - line, at its end
  std::array<std::int64_t, 1024> lateness_{};  // starts by ms of lateness; the last: all beyond
  std::int64_t starts_ = 0;
  Instant minute_began_;
  int idle_wakes_ = 0;  // in this minute
};

}  // namespace takt::sim
