#pragma once
// Effects: what the coordinator wants done, in order. The shell does them and decides nothing.

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "core/rows.h"
#include "core/spec.h"

namespace takt::core {

/// Hand these rows to the store; answer with Recorded, or StoreFailed, then Journaled or JournalFull,
/// and later StoreBack + Recorded.
struct Persist {
  Batch batch;
};

/// Start the process of an attempt; of a builtin job: its work, which reports HealthMeasured or
/// RowsSwept on its way, and ends by AttemptEnded as a process does. Comes only after the batch with its row was Recorded (critical
/// jobs: or Journaled); answer
/// with AttemptStarted then AttemptEnded, or AttemptEnded alone when it could not be spawned.
struct LaunchAttempt {
  Token token;
  RunId run;
  int attempt = 1;
  JobIndex job = 0;
  Cause cause = Cause::schedule;
  std::optional<WallTime> slot_at;  // schedule and catchup runs only
  WallTime now;
  std::vector<std::pair<std::string, std::string>> params;  // with defaults filled in
  Builtin builtin = Builtin::none;                          // of the job, as it is now
  std::shared_ptr<const HealthSpec> check;                  // for builtin = health
};

enum class KillReason { timeout, hung, cancelled, shutdown };

/// End the whole tree: SIGTERM, `grace` (wall time), SIGKILL, until nothing of it is alive; then
/// AttemptEnded. Harmless for a token whose end is already on its way.
struct KillTree {
  Token token;
  KillReason why;
  Duration grace;
};

/// Find and kill at once what an earlier daemon left of this attempt; answer with LeftoverGone.
struct KillLeftover {
  AttemptRow attempt;
};

/// Memory is critical: do what frees some, one action after the other, each answered by CleanedUp; the
/// last one says so. Never asked for again before that.
struct CleanUp {};

/// Do one thing about a probe of this attempt's check; answered by Mended.
struct Mend {
  Token token;
  std::size_t probe = 0;  // positions in the probes of LaunchAttempt::check and in its `otherwise`
  std::size_t remedy = 0;
};

/// The work of a builtin's attempt is over: end it, with exit code 0, by AttemptEnded.
struct EndBuiltin {
  Token token;
  std::vector<std::string> lines;  // for the attempt's log
};

/// Tell a contact these things, as one message; answered by NoticesEnded, however long that takes.
struct SendNotices {
  ContactSpec contact;
  std::vector<NoticeRow> notices;
  std::vector<NoticeId> left_out;  // have no room in it, and count as told
};

/// Why a request was not carried out.
struct Refusal {
  enum class Kind { not_found, refused, invalid, failed } kind;
  std::string what;
  std::string hint;
  Gates gates;  // for refused: the gates that said no
};

/// Answer a request, but not before batch `after` is recorded or journaled (0: at once): what is
/// acknowledged survives any crash.
struct Answer {
  RequestId request;
  Seq after;
  std::expected<std::optional<RunId>, Refusal> result;  // a run for Trigger, none for the others
  std::string state;                                    // of that run
};

/// Everything has ended after ShutDown; the last batch, to be recorded or journaled, is `after`.
struct Stopped {
  Seq after;
};

using Effect = std::variant<Persist, LaunchAttempt, KillTree, KillLeftover, CleanUp, Mend,
                            EndBuiltin, SendNotices, Answer, Stopped>;
using Effects = std::vector<Effect>;

}  // namespace takt::core

namespace takt {

template <>
inline constexpr std::array<std::string_view, 4> kWords<core::KillReason>{"timeout", "hung",
                                                                          "cancelled", "shutdown"};

}  // namespace takt
