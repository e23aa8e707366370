#pragma once
// Views: answers to questions about a fleet, as plain values. Computed by the coordinator from the
// state that decides, never stored. The API and the command line only print them.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "core/gate.h"
#include "core/health.h"
#include "core/journal.h"
#include "core/memory.h"
#include "core/vocabulary.h"

namespace takt::core {

struct RunningAttempt {
  RunId run;
  int attempt = 1;
  int pid = 0;  // 0: recorded, not launched yet
  WallTime since;
  std::optional<WallTime> last_beat_at;
  std::optional<int> progress;
  std::string note;
};

/// One row of `ls`.
struct JobView {
  std::string name;
  JobState state = JobState::idle;
  Priority priority = Priority::P2;
  bool critical = false;
  std::optional<WallTime> next_at;        // next undecided slot
  std::optional<RunningAttempt> running;  // the oldest one where overlap allows several
  std::optional<Outcome> last_outcome;
  std::optional<WallTime> last_start_at;
  std::optional<WallTime> last_success_at;
  std::optional<WallTime> last_failure_at;
  int consecutive_failures = 0;
  std::optional<WallTime> last_beat_at;
  std::optional<int> progress;  // of the newest attempt, also after its end
  std::string note;
  Gates waiting_for;  // gates that do not pass; empty when nothing waits
  std::optional<Duration> p50;
  std::optional<Duration> p95;
  std::optional<Duration> stale_margin;  // until the watchdog calls it stuck; negative: it is
  bool stuck = false;
  bool overdue = false;
  std::vector<std::pair<std::string, int>> uses;  // units by pool
  std::optional<WallTime> paused_until;
  std::string state_reason;  // of paused and disabled, in words; may be empty
};

/// What `status` counts.
struct FleetView {
  std::string name;
  WallTime now;
  double speed = 1;
  int jobs = 0;
  std::array<int, kWords<JobState>.size()> states{};
  int late = 0;  // stuck, overdue, or waiting for longer than a second
  int running = 0;
  int waiting = 0;  // waiting or retrying
  int paused = 0;
  std::vector<std::string> stuck;
  std::vector<std::string> overdue;
  std::vector<std::string> quarantined;
  std::vector<std::string> disabled_by_problem;
  std::vector<std::string> troubled_probes;  // "check/probe": failing, or not to be measured
  bool draining = false;
  bool store_ok = true;
  std::string store_error;
  JournalUse journal;              // nothing in it while the store is well
  std::int64_t store_backlog = 0;  // batches handed over and not yet in the database
  bool ok() const { return stuck.empty() && overdue.empty() && quarantined.empty() && store_ok; }
};

/// When a run is expected to start, and the span that the estimate allows for.
struct ExpectedStart {
  WallTime at;
  WallTime from;
  WallTime to;
};

struct WhyView {
  std::string job;
  std::optional<RunId> run;
  std::string state;  // word of the run's or the job's state
  Gates gates;        // all of them, in order
  std::optional<ExpectedStart> expected_start;
  std::string summary;  // one sentence
};

/// Who holds units of a pool.
struct PoolHolder {
  std::string job;
  RunId run;
  int weight = 1;
  WallTime since;
};

/// Who waits for units of a pool.
struct PoolWaiter {
  std::string job;
  RunId run;
  WallTime rank_at;                     // with what was lent to it
  std::optional<WallTime> expected_at;  // its start, by the forecast
};

struct PoolView {
  std::string name;
  int slots = 0;
  int used = 0;
  std::array<int, kWords<Priority>.size()> reserve{};  // by class
  std::vector<PoolHolder> holders;                     // oldest run first
  std::vector<PoolWaiter> queue;                       // best rank first
};

/// A run that lives with a limit of its own, or that memory holds.
struct MemoryHeld {
  std::string job;
  RunId run;
};

struct MemoryView {
  MemoryLevel level = MemoryLevel::normal;
  MemoryReading reading;  // the last one; total_bytes 0: none yet
  MemorySpec limits;
  bool cleaning = false;
  std::vector<MemoryHeld> held;  // runs that wait for memory
};

/// A probe of a health check, as it was judged last.
struct ProbeView {
  std::string name;
  std::optional<ProbeState> state;  // none: never judged
  std::optional<WallTime> since;
  std::optional<WallTime> checked_at;
  std::string value;
  std::string limit;
  std::string text;
  std::optional<WallTime> failing_since;
  std::optional<WallTime> last_remedy_at;
  std::optional<RunId> remedy_run;
  int vain_remedies = 0;
  bool escalated = false;
};

struct HealthView {
  std::string name;
  std::vector<std::string> jobs;  // that carry it out
  std::vector<ProbeView> probes;
};

}  // namespace takt::core
