#pragma once
// Rows: what the coordinator wants remembered, in whole rows, and what it needs back after a
// restart. Each row replaces the one with its key, so that writing a batch twice changes nothing.
// The tables of the store follow these structs field by field; all times are wall time (fleet time
// at --speed).
//
//   row        key            written when
//   FleetRow   the fleet      with every batch (the clock and the last ids given out)
//   NodeRow    node           a daemon starts or stops
//   JobRow     job            its cursor, pause, quarantine or recovery count moves
//   HeartbeatRow job          a fact about the job changes
//   RunRow     run            a run is made, moves, ends
//   AttemptRow token          an attempt is decided, starts, ends
//   SlotsRow   job, number    slots end without becoming a run of their own (a range of neighbours)
//   EventRow   event          something happened that an operator may want to know
//   ProbeRow   check, probe   a health probe was judged, or mended
//   NoticeRow  notice         somebody outside is to be told, was told, or cannot be reached

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "core/contact.h"
#include "core/gate.h"
#include "core/health.h"
#include "core/vocabulary.h"

namespace takt::core {

struct FleetRow {
  std::string name;
  WallTime epoch;  // origin of every grid; moved by observed clock steps, never by restarts
  double speed = 1;
  WallTime clock;  // fleet time of the batch; at another speed than 1 the next start's time
  RunId last_run;
  Token last_token;
  EventId last_event;
  NoticeId last_notice;
};

struct NodeRow {
  NodeId node;
  WallTime started_at;
  std::optional<WallTime> stopped_at;  // none: it runs, or it was killed
  int pid = 0;
  std::string boot_id;
};

/// No fingerprint of a schedule is this.
inline constexpr std::string_view kNoSchedule = "removed";

struct JobRow {
  std::string job;
  /// Fingerprint of what the cursor follows; with another one it goes on along the new schedule.
  /// kNoSchedule: the job has left the fleet file.
  std::string schedule;
  WallTime first_loaded_at;
  SlotNumber next_number = 0;       // the next undecided slot
  std::optional<WallTime> next_at;  // none: no further slot (manual, or waiting for an end)
  bool paused = false;
  std::optional<WallTime> paused_until;
  std::string paused_reason;
  bool quarantined = false;
  std::optional<WallTime> resumed_at;
  int recoveries = 0;  // since the last success
  std::optional<WallTime> last_recovery_at;
  std::optional<WallTime> recovery_due_at;  // a hang's recovery run that backs off until then
  std::optional<RunId> recovery_for;        // the run that hung
  std::optional<WallTime> unmet_since_at;   // the overdue clock: since when a success is owed
  std::optional<WallTime> waiting_due_at;   // of the oldest slot missed since the last start
};

struct HeartbeatRow {
  std::string job;
  JobState state = JobState::idle;
  std::optional<WallTime> last_start_at;
  std::optional<WallTime> last_success_at;
  std::optional<WallTime> last_failure_at;
  std::optional<WallTime> last_skip_at;
  std::optional<Outcome> last_outcome;
  int consecutive_failures = 0;
  std::optional<RunId> run;  // with attempt and pid: the attempt that is alive now
  int attempt = 0;
  int pid = 0;
  NodeId node;
  std::optional<WallTime> last_beat_at;
  std::optional<int> progress;  // 0..100, of the newest attempt, as it said itself
  std::string note;
  std::optional<WallTime> last_success_started_at;  // of the run whose success was the last
};

struct RunRow {
  RunId run;
  std::string job;
  Cause cause = Cause::schedule;
  std::optional<SlotNumber> slot_number;
  std::optional<WallTime> slot_at;
  Priority priority = Priority::P2;
  WallTime rank_at;
  RunState state = RunState::waiting;
  std::optional<Disposition> disposition;
  std::optional<Reason> reason;
  std::optional<Outcome> outcome;
  WallTime queued_at;
  std::optional<WallTime> started_at;  // of the first attempt
  std::optional<WallTime> ended_at;    // settled
  std::optional<Duration> lateness;    // started_at - slot_at (queued_at where there is no slot)
  std::optional<WallTime> retry_at;    // the stored retry timer, while retrying
  int attempts = 0;                    // numbers given out
  int failures = 0;                    // attempts that count against `retries`
  int losses = 0;                      // attempts that count against the budget of lost ones
  NodeId node;
  std::optional<RunId> triggered_by;
  bool forced = false;  // triggered with --force: passes enabled, paused, quarantined
  std::string note;     // why a run without a slot exists, in words
  std::vector<std::pair<std::string, std::string>> params;
  Gates gates;  // as answered when it did not start at once; empty when it did
  std::optional<WallTime> lent_rank_at;  // a better rank, of a run that waits for this one
};

/// A started process, as precisely as the kernel names one. Zero fields: not known (yet).
struct Process {
  int pid = 0;
  std::uint64_t start_ticks = 0;  // field 22 of /proc/pid/stat, with boot_id immune to pid reuse
  std::string boot_id;
  std::string cgroup;  // absolute folder of the attempt's own cgroup v2; empty without one
  friend bool operator==(const Process&, const Process&) = default;
};

struct AttemptRow {
  Token token;
  RunId run;
  std::string job;
  int attempt = 0;  // from 1
  WallTime started_at;
  std::optional<WallTime> ended_at;
  std::optional<Outcome> outcome;  // none: starting or running
  Process process;
  std::optional<int> exit_code;
  std::optional<int> signal;
  std::optional<int> spawn_errno;
  std::string error;  // what failed before or around the process, in words
  std::int64_t rss_max_bytes = 0;
  std::int64_t log_bytes = 0;
  int leaked = 0;  // processes of the tree that outlived the main one and were killed
  NodeId node;
  std::vector<std::pair<std::string, std::string>> uses;  // units held, by pool, while it lives
  std::optional<double> memory_used_ratio;                // as read before the start
};

/// Slots first..last of one job that ended alike without a run of their own (skipped, missed,
/// coalesced). `count` is their number; at/last_at are the instants of the first and the last.
struct SlotsRow {
  std::string job;
  SlotNumber first = 0;
  SlotNumber last = 0;
  WallTime at;
  WallTime last_at;
  Disposition disposition = Disposition::skipped;
  std::optional<Reason> reason;
  std::optional<RunId> run;  // coalesced: into which
  WallTime decided_at;
  Gates gates;
};

struct EventRow {
  EventId id;
  WallTime at;
  Severity severity = Severity::info;
  EventKind kind = EventKind::problem;
  std::string job;  // empty: none
  std::optional<RunId> run;
  std::string text;
  std::vector<std::pair<std::string, std::string>> data;
};

/// How a probe stands, and what its remedies did since it began to fail.
struct ProbeRow {
  std::string health;  // the check
  std::string probe;
  ProbeState state = ProbeState::ok;
  WallTime since_at;    // of that state
  WallTime checked_at;  // the last time it was measured, or tried to be
  std::string value;    // as found then, in words
  std::string limit;    // as wanted, in words
  std::string text;
  std::optional<WallTime> unmet_since_at;    // its condition does not hold since then (`for`)
  std::optional<WallTime> failing_since_at;  // told as failing, and not yet as recovered
  std::optional<WallTime> last_remedy_at;    // when the check that mended it last was due
  std::optional<RunId> remedy_run;           // of the last remedy, where it was a run
  std::string value_before;                  // as found when it was mended last
  bool is_judged = true;                     // whether the last remedy helped has been said
  int vain_remedies = 0;                     // in a row that did not help
  bool escalated = false;                    // nobody mends it any more until it has recovered
};

enum class NoticeState { pending, sent, failed };

/// One thing that one contact is told. Those of one contact that come together leave as one message.
struct NoticeRow {
  NoticeId notice;
  std::string contact;
  NoticeKind kind = NoticeKind::test;
  std::string job;     // empty: about a probe, or a test
  std::string health;  // with probe: what it is about
  std::string probe;
  std::optional<RunId> run;
  WallTime at;         // decided
  WallTime since_at;   // since when it is so
  int count = 1;       // failures in a row; how often a probe was mended in vain
  bool again = false;  // nag: it was told before
  std::string text;
  NoticeState state = NoticeState::pending;
  std::optional<WallTime> ended_at;  // sent, or given up
  int tries = 0;
  std::string error;  // of the last try
};

using Row = std::variant<NodeRow, JobRow, HeartbeatRow, RunRow, AttemptRow, SlotsRow, EventRow,
                         ProbeRow, NoticeRow>;

/// Rows that are committed together or not at all, in this order.
struct Batch {
  Seq seq;              // grows by one from 1 within a daemon incarnation
  bool synced = false;  // on the disk, not only in the kernel, before it is reported as recorded
  FleetRow fleet;       // written with every batch
  std::vector<Row> rows;
};

/// A store reports no batch that gives out more ids of a kind than this beyond those that are on the
/// disk: it syncs first. So after a power cut no more than these can be unknown to it.
inline constexpr std::int64_t kUnsyncedIdsMax = 1000;

/// What a coordinator is restored from. Empty vectors and no fleet: a new store.
struct Stored {
  std::optional<FleetRow> fleet;
  std::optional<NodeRow> last_node;  // the daemon before this one
  std::vector<JobRow> jobs;
  std::vector<HeartbeatRow> heartbeats;
  std::vector<RunRow> open_runs;          // state other than ended, by run id
  std::vector<AttemptRow> open_attempts;  // attempts of open runs, by token
  std::vector<ProbeRow> probes;
  /// Those pending, and of each contact and subject (job, or health and probe) the newest one, by id.
  std::vector<NoticeRow> notices;
  /// Lengths of the last (at most 50) runs of a job that ended ok, oldest first.
  std::map<std::string, std::vector<Duration>> durations;
  /// Batches of an earlier daemon that were found in the journal and are part of the above.
  std::int64_t journal_replayed = 0;
};

}  // namespace takt::core

namespace takt {

template <>
inline constexpr std::array<std::string_view, 3> kWords<core::NoticeState>{"pending", "sent",
                                                                           "failed"};

}  // namespace takt
