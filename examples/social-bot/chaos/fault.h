#pragma once
// Fault: the ways in which an attempt of the bot can go wrong on purpose.

#include <chrono>
#include <string_view>
#include <variant>

namespace bot::chaos {

/// Dies, before or after the work; so do the first `attempts` of the run.
struct Crash {
  enum class How { segmentation_fault, abort, exit_1 };
  How how;
  bool work_done_first;
  int attempts;
};

/// Blocks for ever. A deaf one ignores SIGTERM.
struct Hang {
  bool deaf;
};

/// Allocates that much, unless something stops it, and fails.
struct Leak {
  int mebibytes;
};

/// Claims a row of content and dies. `sent`: after the site has published it, which nobody notes.
struct LeavePosting {
  bool sent;
};

/// Deletes what is queued, and fails.
struct DeleteContent {};

/// Every attempt fails.
struct PlanFails {};

/// Takes that much longer, wall time, and then does its work.
struct Slow {
  std::chrono::seconds by;
};

/// The feed site dies, and turns everybody away after it has come back.
struct SiteDown {};

using Fault =
    std::variant<Crash, Hang, Leak, LeavePosting, DeleteContent, PlanFails, Slow, SiteDown>;

/// As chaos.jsonl and the judge call it: "crash", "leave_posting" ...
std::string_view word(const Fault& fault);

}  // namespace bot::chaos
