#pragma once
// Events: everything that can happen to a fleet, as the coordinator hears of it. Past tense for
// what happened, imperatives for what somebody asks. The instant is passed beside the event.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "core/beat.h"
#include "core/journal.h"
#include "core/memory.h"
#include "core/rows.h"
#include "core/spec.h"

namespace takt::core {

// --- time ----------------------------------------------------------------------------------------

/// The instant asked for by next_wake() has come (or something else woke the loop; harmless).
struct Tick {};

/// The wall clock jumped against the elapsed clock by this much (positive: forward).
struct ClockStepped {
  Duration by;
};

// --- the store -----------------------------------------------------------------------------------

/// Batches up to and including this one are committed.
struct Recorded {
  Seq through;
};

/// Writes fail for now. Nothing that was handed over is lost; the store goes on trying, and puts
/// into its journal what fits.
struct StoreFailed {
  std::string why;
  JournalUse journal;
};

/// Batches up to and including this one are in the journal, synced to the disk. Comes between
/// StoreFailed and StoreBack only; Recorded follows for the same batches later.
struct Journaled {
  Seq through;
  JournalUse journal;
};

/// The journal takes nothing more until the store is back: no room, or it cannot be written either.
struct JournalFull {
  std::string why;
  JournalUse journal;
};

/// Everything that waited is committed, in order; Recorded follows.
struct StoreBack {
  std::int64_t journaled = 0;  // batches that had been in the journal
  std::int64_t held = 0;       // batches that had been in memory only
};

// --- processes -----------------------------------------------------------------------------------

struct AttemptStarted {
  Token token;
  Process process;
};

/// The launcher cannot start it for now: no processes, memory or descriptors are to be had. It goes
/// on trying. Told once an attempt.
struct StartDeferred {
  Token token;
  std::string why;
};

/// The main processes of these attempts have ended; what they wrote is still being read, or the rest
/// of their trees goes. From here on they are too old for nothing. Not told of every attempt: only
/// before something becomes due.
struct MainsEnded {
  std::vector<Token> tokens;
};

/// How a process tree ended, as the kernel told. The coordinator turns it into an outcome. By the
/// time it is reported nothing of the tree is alive.
struct ProcessEnd {
  std::optional<int> exit_code;  // exactly one of exit_code, signal, spawn_errno is set,
  std::optional<int> signal;     // or none when the end is not known
  std::optional<int> spawn_errno;
  std::string error;       // for spawn_errno: what failed, e.g. "cwd /srv/x: No such file..."
  bool by_itself = false;  // the main process had ended before anybody asked for a kill
  bool out_of_memory = false;
  std::int64_t rss_max_bytes = 0;
  std::int64_t log_bytes = 0;
  int leaked = 0;  // processes that outlived the main one and were killed
};

struct AttemptEnded {
  Token token;
  ProcessEnd end;
};

/// An attempt gave a sign of life: by its descriptor, or by a request that wants an answer.
struct BeatHeard {
  RequestId request;  // none: nobody waits for an answer
  Token token;
  Beat beat;
};

/// What an earlier daemon left of this attempt is proven dead.
struct LeftoverGone {
  Token token;
  int killed = 0;  // processes that were still alive
};

// --- memory --------------------------------------------------------------------------------------

/// The memory was read. Comes before whatever may start something, and from time to time while the
/// level is not normal.
struct MemoryRead {
  MemoryReading reading;
};

/// One action of CleanUp is over.
struct CleanedUp {
  std::string action;  // what was done, e.g. "cleanup command"
  bool ok = true;
  std::string text;  // how it ended, in words; may be empty
  MemoryReading before;
  MemoryReading after;
  bool last = false;  // nothing more is to be done
};

// --- builtin jobs --------------------------------------------------------------------------------

/// A health check's attempt has measured its probes; by their position. What the coordinator knows by
/// itself (job, pool, memory) is not looked at here. Answered by Mends, one after the other, and then
/// EndBuiltin.
struct HealthMeasured {
  Token token;
  std::vector<Measurement> measured;
};

/// A Mend is over.
struct Mended {
  Token token;
  std::size_t probe = 0;
  std::size_t remedy = 0;
  bool ok = true;
  std::string text;   // how it ended, in words: "3 rows changed"
  Measurement after;  // measured anew; Unknown for what the coordinator knows by itself
};

/// The watchdog's attempt has read the store's rows. They were read after `through` was recorded.
/// Answered by EndBuiltin.
struct RowsSwept {
  Token token;
  Seq through;
  std::vector<HeartbeatRow> heartbeats;
  std::vector<RunRow> open_runs;  // any state but ended
  std::vector<AttemptRow> open_attempts;
};

// --- telling -------------------------------------------------------------------------------------

/// What came of SendNotices, tries and all.
struct NoticesEnded {
  std::vector<NoticeId> notices;
  bool ok = true;
  int tries = 1;
  std::string error;
};

/// Something around the fleet does not work; it is told as an event, by name and text, once until it
/// works again (ok).
struct SurroundingsChanged {
  std::string what;  // "ping"
  bool ok = false;
  std::string text;
};

/// Tell a contact that this is a test. Answered when the message was sent or given up.
struct NotifyTest {
  RequestId request;
  std::string contact;
};

// --- requests ------------------------------------------------------------------------------------

struct Trigger {
  RequestId request;
  std::string job;
  std::vector<std::pair<std::string, std::string>> params;
  bool force = false;
};

struct Cancel {
  RequestId request;
  RunId run;
};

struct Pause {
  RequestId request;
  std::string job;  // empty: every job
  std::optional<Duration> lasting;
  std::string reason;
};

/// Ends pause and quarantine.
struct Resume {
  RequestId request;
  std::string job;  // empty: every job
};

/// Start nothing more, let runs end.
struct Drain {
  RequestId request;
};

/// Start nothing more, end every tree within its kill_grace; runs continue after the next start.
struct ShutDown {
  RequestId request;
};

/// The fleet file was read anew and is valid: from now on it says what the fleet is. See
/// core/reload.h. Without a request when nobody waits for the answer (a signal, a changed file).
struct Reload {
  RequestId request;
  std::shared_ptr<const FleetSpec> fleet;  // never null
};

/// The fleet file was read anew and cannot be used: the fleet stays what it is, and says so.
struct ReloadFailed {
  std::string why;
  std::vector<std::pair<std::string, std::string>> data;  // of the event that tells it
};

using Event = std::variant<Tick, ClockStepped, Recorded, StoreFailed, Journaled, JournalFull,
                           StoreBack, AttemptStarted, StartDeferred, MainsEnded, AttemptEnded,
                           BeatHeard, LeftoverGone, MemoryRead, CleanedUp, HealthMeasured, Mended,
                           RowsSwept, NoticesEnded, SurroundingsChanged, NotifyTest, Trigger,
                           Cancel, Pause, Resume, Drain, ShutDown, Reload, ReloadFailed>;

}  // namespace takt::core
