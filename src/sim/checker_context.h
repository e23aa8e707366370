#pragma once
// CheckContext: what the parts of the checker share. Facts come from two sides that know nothing of
// each other: rows (what the store was told) and the witness (what process trees did). A violation
// is where they differ from each other or from the law.
//
// Everything is on one line of time, the fleet's elapsed line: wall times of rows are brought onto
// it by the epoch that every batch carries, so that a clock step or a restart moves nothing.
//
// What must have happened by some instant is a deadline. Deadlines are suspended while no daemon is
// up or the store is ill, and come back when all is well plus the time that recovery may take.

#include <cstdint>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "core/rows.h"
#include "core/spec.h"
#include "sim/simulate.h"

namespace takt::sim {

// Tolerances of INVARIANTS.md.
inline constexpr Duration kStartTolerance = std::chrono::seconds{1};    // eps
inline constexpr Duration kRecoveryBound = std::chrono::seconds{2};     // R
inline constexpr Duration kHeartbeatLag = std::chrono::seconds{2};      // delta
inline constexpr Duration kStoreReturnBound = std::chrono::seconds{5};  // L7

/// What must be true by an instant, and whom to ask then.
enum class Duty {
  slot_decided,
  run_started,
  retry_started,
  verdict_given,
  tree_dead,
  end_recorded,
  orphan_dead,
  reconciled,
  stuck_noticed,
  store_normal,
  need_wait_over,
  not_starved
};

struct Deadline {
  Instant at;
  std::uint64_t order = 0;
  Duty duty = Duty::slot_decided;
  std::int64_t id = 0;  // of the job, run or token that the duty is about
  std::int64_t detail =
      0;  // slot number, attempt number: tells a duty that was done from one that was not
};

/// One attempt, as its row and the witness tell it.
struct AttemptFacts {
  RunId run;
  int number = 0;
  JobIndex job = 0;
  int life = 0;  // of the daemon that recorded it
  Instant row_started;
  int pid = 0;
  std::uint64_t start_ticks = 0;
  std::optional<core::Outcome> outcome;  // the row's
  std::optional<Instant> started;        // from here on the witness's
  std::optional<Instant> last_beat;
  std::optional<Instant> signalled;
  std::optional<Instant> dead;
  bool main_ended = false;
  bool end_told = false;  // the daemon has heard how it ended
  bool out_of_memory = false;
  std::optional<int> exit_code;
  std::optional<int> signal;
  std::optional<std::int64_t> emitted;  // bytes of output
};

class CheckContext {
 public:
  CheckContext(const core::FleetSpec& fleet, Instant origin);

  void violation(std::string_view invariant, std::string text);

  /// Asks for `duty` at `at`, or later while it is excused.
  void require(Instant at, Duty duty, std::int64_t id, std::int64_t detail = 0);

  /// The earliest deadline that has passed and is not excused, taken out.
  std::optional<Deadline> pop_missed();

  /// Nothing can be demanded while no daemon works or rows cannot be written.
  bool is_excused() const { return daemon_away || store_ill || frozen; }

  /// Nothing can be demanded from now on / again from now on, but `allowed` later at the earliest.
  void excuse(bool& reason);
  void end_excuse(bool& reason, Duration allowed);

  Instant on_line(WallTime at) const { return Instant{at.time_since_epoch() - batch_offset}; }
  std::optional<JobIndex> job_of(std::string_view name) const;
  const core::JobSpec& spec(JobIndex job) const { return fleet.jobs[job]; }
  std::string_view name(JobIndex job) const { return fleet.jobs[job].name; }
  AttemptFacts* attempt(Token token);

  const core::FleetSpec& fleet;
  const bool fleet_has_needs;
  const Instant origin;  // where the line's epoch is
  Instant now;
  Duration batch_offset{0};  // wall - line, in the batch that is being judged
  Duration wall_offset{0};   // wall - line, now
  int life = 0;              // daemon incarnations so far
  Instant life_began;
  Instant awake_since;               // the machine's last suspension ended
  std::optional<Instant> jumped_at;  // the wall clock was last stepped forward
  bool daemon_away = true;
  bool store_ill = false;
  bool frozen = false;    // the daemon is stopped as by SIGSTOP
  bool draining = false;  // nothing starts until the next daemon
  Instant excused_until;
  std::unordered_map<Token, AttemptFacts> attempts;  // of runs that are not settled, or alive

  std::vector<Violation> violations;  // the first ones, and one of each law
  std::int64_t violation_count = 0;

 private:
  struct Later {
    bool operator()(const Deadline& a, const Deadline& b) const {
      return a.at != b.at ? a.at > b.at : a.order > b.order;
    }
  };

  std::unordered_map<std::string_view, JobIndex> index_;
  mutable JobIndex last_named_ = 0;  // most rows of a batch are about one job: tried first
  std::priority_queue<Deadline, std::vector<Deadline>, Later> deadlines_;
  std::vector<Deadline> suspended_;
  std::uint64_t required_ = 0;
};

}  // namespace takt::sim
