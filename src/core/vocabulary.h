#pragma once
// The words of the fleet (DESIGN: "the words"), as types. A run has a cause; an attempt ends in one
// outcome; a slot ends in exactly one disposition with a reason. The spelling here is the spelling
// in SQL, JSON and on the command line.

#include "base/words.h"

namespace takt::core {

/// Why a run exists.
enum class Cause { schedule, manual, dependency, recovery, health, catchup };

/// How an attempt ended. Exit code, signal and errno stand beside it where there is one.
enum class Outcome { ok, failed, timeout, hung, oom, spawn_failed, browser_lost, lost, cancelled };

/// What became of a slot (and of a run without a slot). Set once.
enum class Disposition { ran, skipped, missed, coalesced, cancelled };

/// Why a slot did not run.
enum class Reason {
  disabled,
  paused,
  quarantined,
  overlap,
  memory,
  dep_timeout,
  dep_failed,
  start_within,
  down,
  draining,
  store,
  pool,
  reload,
  manual,
  shutdown
};

enum class RunState { waiting, running, retrying, ended };

enum class JobState { idle, waiting, running, retrying, paused, quarantined, disabled };

/// P0 is immediate, P3 background.
enum class Priority { P0, P1, P2, P3 };

enum class Severity { info, warning, error };

/// Kinds of system events. The list is public (CLI.md): kinds may be added, never renamed.
enum class EventKind {
  fleet_started,
  fleet_stopped,
  reloaded,
  job_hung,
  job_stuck,
  job_overdue,
  recovery_started,
  quarantined,
  memory_high,
  memory_critical,
  memory_normal,
  cleanup_done,
  run_skipped,
  slot_missed,
  store_failed,
  store_back,
  journal_replayed,
  clock_stepped,
  leaked_processes,
  run_failed,
  run_cancelled,
  attempt_lost,
  paused,
  resumed,
  draining,
  problem,
  probe_failed,
  probe_recovered,
  probe_unknown,
  remedy_done,
  remedy_judged,
  probe_escalated,
  row_mended,
  notify_failed
};

}  // namespace takt::core

namespace takt {

template <>
inline constexpr std::array<std::string_view, 6> kWords<core::Cause>{
    "schedule", "manual", "dependency", "recovery", "health", "catchup"};
template <>
inline constexpr std::array<std::string_view, 9> kWords<core::Outcome>{
    "ok", "failed", "timeout", "hung", "oom", "spawn_failed", "browser_lost", "lost", "cancelled"};
template <>
inline constexpr std::array<std::string_view, 5> kWords<core::Disposition>{
    "ran", "skipped", "missed", "coalesced", "cancelled"};
template <>
inline constexpr std::array<std::string_view, 15> kWords<core::Reason>{
    "disabled",    "paused",     "quarantined",  "overlap", "memory",
    "dep_timeout", "dep_failed", "start_within", "down",    "draining",
    "store",       "pool",       "reload",       "manual",  "shutdown"};
template <>
inline constexpr std::array<std::string_view, 4> kWords<core::RunState>{"waiting", "running",
                                                                        "retrying", "ended"};
template <>
inline constexpr std::array<std::string_view, 7> kWords<core::JobState>{
    "idle", "waiting", "running", "retrying", "paused", "quarantined", "disabled"};
template <>
inline constexpr std::array<std::string_view, 4> kWords<core::Priority>{"P0", "P1", "P2", "P3"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<core::Severity>{"info", "warning", "error"};
template <>
inline constexpr std::array<std::string_view, 34> kWords<core::EventKind>{
    "fleet_started", "fleet_stopped",    "reloaded",        "job_hung",         "job_stuck",
    "job_overdue",   "recovery_started", "quarantined",     "memory_high",      "memory_critical",
    "memory_normal", "cleanup_done",     "run_skipped",     "slot_missed",      "store_failed",
    "store_back",    "journal_replayed", "clock_stepped",   "leaked_processes", "run_failed",
    "run_cancelled", "attempt_lost",     "paused",          "resumed",          "draining",
    "problem",       "probe_failed",     "probe_recovered", "probe_unknown",    "remedy_done",
    "remedy_judged", "probe_escalated",  "row_mended",      "notify_failed"};

}  // namespace takt
