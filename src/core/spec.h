#pragma once
// What a fleet file says, decoded: plain values, already valid. `fleet` makes them, the coordinator
// and the simulator read them, nobody changes them. Defaults here are the defaults of the fleet
// file.
//
// Sized for 100,000 jobs: what is equal in most jobs (environment, folder, user) sits behind one
// shared pointer.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "core/contact.h"
#include "core/cron_slots.h"
#include "core/health.h"
#include "core/memory.h"
#include "core/need.h"
#include "core/pool.h"
#include "core/shared_value.h"
#include "core/vocabulary.h"

namespace takt::core {

// --- schedules -----------------------------------------------------------------------------------

/// By hand (or, later, by dependency) only.
struct Manual {
  friend bool operator==(const Manual&, const Manual&) = default;
};

/// A fixed grid on the elapsed line: fleet epoch + offset + k * interval. No offset means "auto".
struct Every {
  Duration interval;
  std::optional<Duration> offset;
  friend bool operator==(const Every&, const Every&) = default;
};

/// `every = "90m..120m"`: each next interval is drawn from hash(job, slot number), ends included.
struct EveryBetween {
  Duration shortest;
  Duration longest;
  std::optional<Duration> offset;
  friend bool operator==(const EveryBetween&, const EveryBetween&) = default;
};

/// Fixed delay from the settled end of the last run, or from the slot that did not run; first at
/// load.
struct After {
  Duration delay;
  friend bool operator==(const After&, const After&) = default;
};

/// Wall-clock times in a zone. Jobs with the same rule share it; it is never null.
struct Cron {
  std::shared_ptr<const CronRule> rule;
  friend bool operator==(const Cron& a, const Cron& b) {
    return a.rule == b.rule || *a.rule == *b.rule;
  }
};

/// Once, at this instant of the wall clock.
struct At {
  WallTime at;
  friend bool operator==(const At&, const At&) = default;
};

using Schedule = std::variant<Manual, Every, EveryBetween, After, Cron, At>;

/// Whether the slots are instants of the wall clock: a step of it moves them against the elapsed
/// line, and leaves what they are called. Those of all others it leaves alone.
inline bool follows_the_wall(const Schedule& schedule) {
  return std::holds_alternative<Cron>(schedule) || std::holds_alternative<At>(schedule);
}

// --- policies ------------------------------------------------------------------------------------

enum class Overlap { skip, queue, replace, allow };
enum class Delivery { at_least_once, at_most_once };
enum class Catchup { latest, all, none };

/// Waits between the attempts of a run; see core/retry.h for the law.
struct RetryPolicy {
  int retries = 0;  // further attempts after the first
  Duration first = std::chrono::seconds{2};
  double factor = 2;
  Duration max = std::chrono::seconds{30};
  double jitter = 0;  // 0..1: the wait is multiplied by a stable draw from [1-jitter, 1+jitter]
  /// Outcomes that are retried. Exit codes listed besides `failed` narrow nothing: any match
  /// retries.
  std::vector<Outcome> on = {Outcome::failed, Outcome::timeout, Outcome::oom,
                             Outcome::spawn_failed};
  std::vector<int> on_exit_codes;
  friend bool operator==(const RetryPolicy&, const RetryPolicy&) = default;
};

// --- how a job is launched -----------------------------------------------------------------------

/// Everything about the process that the coordinator never looks at.
struct Command {
  std::vector<std::string> argv;  // `run = "text"` is {"/bin/sh", "-c", text}
  std::vector<std::pair<std::string, std::string>> env;  // valid names; never TAKT_*
  std::string env_file;                                  // absolute, or empty
  std::string cwd;                                       // absolute
  std::string user;                                      // empty: the daemon's own
  int nice = 0;
  unsigned umask = 077;
  std::uint64_t log_max_bytes = 10ULL << 20U;
  std::int64_t memory_max_bytes = 0;  // of the whole tree; 0: no limit
  int keep_runs = 100;
  Duration keep_for = std::chrono::hours{24 * 30};
  friend bool operator==(const Command&, const Command&) = default;
};

enum class ParamType { string, integer, number, boolean };

/// A typed value that a trigger may set; it reaches the job as TAKT_PARAM_<NAME>.
struct Param {
  std::string name;  // [a-z][a-z0-9_]*
  ParamType type = ParamType::string;
  std::string default_value;  // in the spelling the job receives
  std::optional<double> min;  // numbers only
  std::optional<double> max;
  friend bool operator==(const Param&, const Param&) = default;
};

/// Work that takt does itself. It stands in the schedule and keeps a heartbeat like any other job.
enum class Builtin {
  none,            // the job has a command
  watchdog,        // compares the stored rows with what the coordinator knows
  health,          // measures the probes of a check, and mends
  journal_replay,  // has the store try again to take what lies in its journal
  retention        // deletes what is no longer to be kept
};

// --- a job ---------------------------------------------------------------------------------------

struct JobSpec {
  std::string name;
  Schedule schedule;
  Duration jitter{0};
  std::optional<Duration> start_within;  // default: until the next slot (after, at: no limit)
  Catchup catchup = Catchup::latest;
  int catchup_max = 100;

  Priority priority = Priority::P2;
  bool critical = false;
  bool enabled = true;
  Overlap overlap = Overlap::skip;
  Delivery delivery = Delivery::at_least_once;
  RetryPolicy retry;

  std::optional<Duration> timeout;
  Duration kill_grace = std::chrono::seconds{10};  // wall time, also at --speed
  std::optional<Duration> hung_after;
  std::optional<Duration> beat_within;
  std::optional<Duration> stale_after;
  std::optional<Duration> late_after;
  std::optional<int> quarantine_after;  // consecutive failed runs
  std::optional<Duration> expect;       // the median, until there is history

  SharedValue<Needs> needs;
  SharedValue<Uses> uses;  // positions in FleetSpec::pools

  std::shared_ptr<const Command> command;  // a builtin's has no argv
  Builtin builtin = Builtin::none;
  std::uint32_t health = 0;  // position in FleetSpec::health, for builtin = health
  SharedValue<Tells> tells;
  std::vector<Param> params;
  std::vector<std::string> tags;
  std::string doc;

  /// Why this job cannot run on this machine (missing user, cwd or env_file): it is disabled with
  /// this text. Empty: nothing is wrong. Filled in by whoever looks at the machine, not by the
  /// decoder.
  std::string problem;

  /// It starts while the store fails, through the journal.
  bool starts_without_store() const { return critical || builtin == Builtin::journal_replay; }
  /// Critical memory does not keep it from starting: takt's own work takes next to none.
  bool starts_without_memory() const { return critical || builtin != Builtin::none; }
  /// Switched on, and usable on this machine.
  bool can_run() const { return enabled && problem.empty(); }

  /// Equal in every field, but commands only by identity: see share_command().
  friend bool operator==(const JobSpec&, const JobSpec&) = default;
};

/// Lets `spec` have the command object of `other` when the two commands say the same, so that equal
/// definitions compare equal and are stored once.
inline void share_command(JobSpec& spec, const JobSpec& other) {
  if (spec.command && other.command && *spec.command == *other.command) {
    spec.command = other.command;
  }
}

inline bool same_command(const std::shared_ptr<const Command>& a,
                         const std::shared_ptr<const Command>& b) {
  return a == b || (a && b && *a == *b);
}
inline bool operator==(const CommandProbe& a, const CommandProbe& b) {
  return same_command(a.command, b.command);
}
inline bool operator==(const RunCommand& a, const RunCommand& b) {
  return same_command(a.command, b.command);
}
inline bool operator==(const NotifyCommand& a, const NotifyCommand& b) {
  return same_command(a.command, b.command);
}

struct FleetSpec {
  std::string name;
  std::string timezone = "UTC";
  std::string state_dir;  // absolute
  Duration ageing = std::chrono::minutes{10};
  int max_running = 1000;  // attempts alive at once
  MemorySpec memory;
  std::shared_ptr<const Command> cleanup;  // run when memory is critical; null: none
  std::string ping;                        // a URL; empty: none
  std::vector<HealthSpec> health;          // in the order of the file; names are unique
  std::vector<ContactSpec> contacts;       // likewise
  std::vector<PoolSpec> pools;             // in the order of the file; names are unique
  std::vector<JobSpec> jobs;               // in the order of the file; names are unique
};

}  // namespace takt::core

namespace takt {

template <>
inline constexpr std::array<std::string_view, 4> kWords<core::Overlap>{"skip", "queue", "replace",
                                                                       "allow"};
template <>
inline constexpr std::array<std::string_view, 2> kWords<core::Delivery>{"at_least_once",
                                                                        "at_most_once"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<core::Catchup>{"latest", "all", "none"};
template <>
inline constexpr std::array<std::string_view, 5> kWords<core::Builtin>{
    "none", "watchdog", "health", "journal_replay", "retention"};
template <>
inline constexpr std::array<std::string_view, 4> kWords<core::ParamType>{"string", "int", "float",
                                                                         "bool"};

}  // namespace takt
