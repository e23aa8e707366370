#pragma once
// State: all that the coordinator knows between two turns. Plain data; the modules around it
// (slots, admission, attempts, settling, watchdog, requests, restore) hold the rules.
//
//   State ─┬─ Job per JobSpec, same index ── open: ids of its unsettled runs, oldest first
//          ├─ Run per open run ── attempt: the one that is alive or on its way
//          ├─ unsorted, queue: runs whose turn has come (core/waiting.h), and what attempts hold
//          └─ wake: when each job next wants attention
//
// A plain value: copied, it goes on by itself (core/forecast.h). A run is in exactly one of these
// places:
//
//   standing     waiting or retry-eligible, its turn within its job has come (Run::stand)
//   held         waiting behind an older run of its job (Run::blocked)
//   backing off  state retrying, retry_at ahead
//   attempt      an attempt is recording, launching, running or left over from an earlier daemon

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/boxed.h"
#include "base/compact_optional.h"
#include "base/ids.h"
#include "base/time.h"
#include "core/admission_queue.h"
#include "core/beat.h"
#include "core/coordinator.h"
#include "core/durations.h"
#include "core/effect.h"
#include "core/job_names.h"
#include "core/journal.h"
#include "core/rows.h"
#include "core/schedule.h"
#include "core/spec.h"
#include "core/wake_queue.h"

namespace takt::core {

/// Recording: its row is on its way to the store. Launching: the launcher has it. Deferred: the
/// launcher cannot start it for now. Ending: its main process has ended, its output is still being
/// read. Leftover: an earlier daemon started it and what is left of it is being killed.
enum class Phase { recording, launching, deferred, running, ending, leftover };

struct Attempt {
  int number = 1;
  Token token;
  Phase phase = Phase::recording;
  Instant started_at;  // decided; from AttemptStarted on: started
  Process process;
  NodeId node;
  std::optional<KillReason> killing;
  /// The definition it was started with, where a reload has changed it since: its process ends under
  /// that one. Null: the job's.
  std::shared_ptr<const JobSpec> under;
  bool silent = false;  // killed as hung for its silence, not for its age
  Instant quiet_since;  // start, last beat, or when somebody could listen again
  std::optional<Instant> last_beat;
  Beat said;
  Instant decided_at;                       // its units are held since then
  SharedValue<Uses> uses;                   // what it holds, whatever the job would take by now
  std::optional<double> memory_used_ratio;  // as read before its start
};

/// Where a run stands that has no attempt: see core/waiting.h. Nowhere: its turn has not come, or it
/// backs off.
enum class Stand { nowhere, unsorted, parked, queued };

/// How a run stands to one of its job's needs; see core/dependencies.h.
struct NeedWait {
  std::optional<RunId> upstream;  // it waits for the end of this run
  bool failed = false;            // the run it waited for did not bring it
};

struct Run {
  RunId id;
  JobIndex job = 0;
  Cause cause = Cause::schedule;
  std::optional<Slot> slot;
  std::optional<WallTime> slot_at;  // cron and at: what the slot is called, whatever the clock does
  Priority priority = Priority::P2;
  Instant rank_at;                      // its own
  std::optional<Instant> lent_rank_at;  // of a run that waits for it; see core/dependencies.h
  RunState state = RunState::waiting;
  std::optional<Disposition> disposition;
  std::optional<Reason> reason;
  std::optional<Outcome> outcome;
  Instant queued_at;
  std::optional<Instant> deadline;  // give up waiting for the first start
  std::optional<Instant> started_at;
  std::optional<Instant> ended_at;
  std::optional<Instant> retry_at;
  int attempts = 0;
  int failures = 0;
  int losses = 0;
  NodeId node;
  std::optional<RunId> triggered_by;
  std::string note;
  std::vector<std::pair<std::string, std::string>> params;
  Gates gates;
  std::optional<Attempt> attempt;
  std::string ending;           // how its last attempt failed, where the outcome does not say it
  Duration expected{0};         // its length, as thought of when it was queued or started last
  std::vector<NeedWait> waits;  // by the job's needs; empty until it first had to wait for one
  Stand stand = Stand::nowhere;
  bool forced = false;     // passes enabled, paused, quarantined, dependencies, memory
  bool blocked = false;    // behind an older run of its job
  bool cancelled = false;  // asked for while an attempt was alive
  bool touched = false;

  /// What it is admitted by.
  Instant rank() const { return lent_rank_at ? std::min(*lent_rank_at, rank_at) : rank_at; }
};

struct PauseFacts {
  std::optional<Instant> until;
  std::string reason;
};

/// What a job said of itself; kept after the attempt that said it.
struct BeatFacts {
  Beat said;
  Instant at;
  bool unwritten = false;             // its row does not show it yet
  std::optional<Instant> written_at;  // the job's last row since this daemon's start
};

/// Sized for 100,000 of them.
struct Job {
  std::optional<Slot> next;    // the next undecided slot
  SlotNumber next_number = 0;  // its number, also while an `after` job has no due yet
  Instant first_loaded;
  Boxed<PauseFacts> pause;  // none: not paused
  bool quarantined = false;
  bool stuck = false;  // verdict of the watchdog, until the next success
  bool overdue = false;
  bool touched = false;
  bool job_row_dirty = false;
  bool heartbeat_dirty = false;
  int leftovers = 0;  // of earlier daemons, not yet proven dead: slots wait for them
  int consecutive_failures = 0;
  int recoveries = 0;  // verdicts since the last success
  CompactOptional<Instant> last_recovery;
  CompactOptional<Instant> recovery_due;  // a hang's recovery run that backs off until then
  std::optional<RunId> recovery_for;
  CompactOptional<Instant> resumed_at;
  CompactOptional<Instant> unmet_since;  // due of the first slot that no success has answered
  CompactOptional<Instant> waiting_due;  // due of the oldest slot missed since the last start
  CompactOptional<Instant> needs_since;  // a run of it waits for needs since then
  Duration waited_for_needs{0};          // before that, since the watchdog's clock began
  CompactOptional<Instant> last_start;
  CompactOptional<Instant> last_success;
  CompactOptional<Instant> last_success_started;  // start of the run that was it
  CompactOptional<Instant> last_failure;
  CompactOptional<Instant> last_skip;
  std::optional<Outcome> last_outcome;
  Boxed<BeatFacts> beat;  // none: it never beat
  std::vector<RunId> open;
  Durations durations;
  Seq written;  // the newest batch with a row about it or its runs; of this daemon
};

struct ByRank {
  Instant rank_at;
  RunId run;
  friend auto operator<=>(const ByRank&, const ByRank&) = default;
};

struct PendingLaunch {
  Seq after;
  Token token;
};

/// What the coordinator knows of the store's journal while the store fails.
struct Degraded {
  JournalUse journal;
  bool journal_full = false;         // it takes nothing more
  bool told_closed = false;          // the event that says so is written
  std::deque<Seq> promised;          // batches of starts that it has not reported yet
  std::optional<Instant> out_since;  // the store failed; kept for the turn in which it is back
};

/// What is known of the memory; see core/memory_gate.h.
struct MemoryState {
  MemoryReading reading;
  MemoryLevel level = MemoryLevel::normal;
  bool cleaning = false;  // CleanUp is under way
};

/// How a probe of a health check stands; see core/health_checks.h.
struct Probe {
  ProbeState state = ProbeState::ok;
  Instant since;
  Instant checked_at;
  std::string value;
  std::string limit;
  std::string text;
  std::optional<Instant> unmet_since;    // its condition does not hold since then
  std::optional<Instant> failing_since;  // told as failing, and not yet as recovered
  std::optional<Instant> last_remedy;    // when the check that mended it last was due
  std::optional<RunId> remedy_run;
  std::string value_before;  // when it was mended last
  bool is_judged = true;     // whether the last remedy helped has been said
  int vain_remedies = 0;     // in a row
  bool escalated = false;
};

/// The names of the check and of the probe.
using ProbeKey = std::pair<std::string, std::string>;

/// A check under way: an attempt of a job with builtin = "health".
struct Check {
  struct Step {
    std::size_t probe = 0;
    std::size_t remedy = 0;
  };
  std::shared_ptr<const HealthSpec> spec;
  Instant due;  // of its run
  bool measured = false;
  std::deque<Step> steps;  // what is still to be done, the first one being done
  std::vector<std::string> lines;
};

/// Told, and not yet well again; see core/notices.h.
struct Incident {
  Instant since;
  Instant last_told;
  int count = 1;
  NoticeKind kind = NoticeKind::failed;
  std::string text;
};

/// What one contact is still to be told.
struct Outbox {
  std::deque<NoticeRow> waiting;  // oldest first
  std::optional<Instant> due;     // of the next message; none: nothing waits
  std::deque<Instant> sent;       // messages of the last hour
  std::map<NoticeId, NoticeRow> sending;
};

struct Notices {
  /// By subject ("job NAME", "probe CHECK/NAME") and contact: an end looks up those of its own subject.
  std::map<std::pair<std::string, std::string>, Incident> incidents;
  /// Nobody is to be told again before, perhaps nobody at all: looked at in every turn, and so not
  /// searched for.
  std::optional<Instant> nag_due;
  std::map<std::string, Outbox> outboxes;  // by contact
  std::map<NoticeId, RequestId> tests;     // who waits for what becomes of them
  NoticeId last;
};

enum class Mode { working, draining, stopping, stopped };

struct State {
  FleetSpec spec;
  std::vector<Job> jobs;
  /// Jobs below are those of the fleet file. Those from here on have left it and are remembered: for
  /// attempts that still run, and for the numbers of their slots should they come back.
  JobIndex listed = 0;
  JobNames names;  // of the listed jobs
  std::map<RunId, Run> runs;
  std::map<Token, RunId> tokens;  // of attempts that are alive or on their way
  std::set<ByRank> unsorted;
  AdmissionQueue queue;
  /// By a job that others need: those others. Jobs that nobody needs are not in it.
  std::map<JobIndex, std::vector<JobIndex>> dependents;
  MemoryState memory;
  std::map<ProbeKey, Probe> probes;  // those of the fleet file that were ever judged
  std::map<Token, Check> checks;     // under way
  Notices notices;
  std::set<std::string> troubles;              // of the surroundings, told and not over
  std::deque<PendingLaunch> pending_launches;  // in the order of their batches
  WakeQueue wake{0};

  NodeFacts node;
  double speed = 1;
  Instant epoch;
  Instant opened_at;
  Duration wall_offset{0};           // wall = elapsed + this
  std::optional<Instant> jumped_at;  // end of the last jump of the wall clock forward
  Mode mode = Mode::working;
  bool is_twin = false;  // played on for a forecast: nobody reads why its runs wait
  bool store_ok = true;
  std::string store_error;
  Degraded degraded;  // says something while !store_ok
  int live_attempts = 0;
  int leftovers = 0;
  RunId last_run;
  Token last_token;
  EventId last_event;
  Seq last_seq;
  std::int64_t journal_replayed = 0;  // batches, before this daemon's start

  WallTime wall(Instant at) const { return WallTime{at.time_since_epoch() + wall_offset}; }
  std::optional<WallTime> wall(std::optional<Instant> at) const {
    return at ? std::optional{wall(*at)} : std::nullopt;
  }
  Instant instant(WallTime at) const { return Instant{at.time_since_epoch() - wall_offset}; }
  std::optional<Instant> instant(std::optional<WallTime> at) const {
    return at ? std::optional{instant(*at)} : std::nullopt;
  }
  TimeLine line() const { return {epoch, wall_offset}; }
  /// Attempts alive or on their way, those of earlier daemons included.
  int alive() const { return live_attempts + leftovers; }
  const JobSpec& spec_of(JobIndex job) const { return spec.jobs[job]; }
  /// What the run's living attempt obeys: limits, grace.
  const JobSpec& obeyed(const Run& run) const {
    return run.attempt && run.attempt->under ? *run.attempt->under : spec_of(run.job);
  }
  /// The job is no longer in the fleet file.
  bool has_left(JobIndex job) const { return job >= listed; }
  std::optional<JobIndex> find_job(std::string_view name) const {
    return names.find(spec.jobs, name);
  }
};

}  // namespace takt::core
