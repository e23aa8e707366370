#pragma once
// Scene: all that a judgement looks at, brought together once: the rows of the database on one line
// of time, the lines of the witnesses joined to their attempts, the fleet file's definitions, and
// when somebody was there to decide.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "audit/diaries.h"
#include "audit/finding.h"
#include "audit/frames.h"
#include "core/spec.h"
#include "store/whole_history.h"

namespace takt::audit {

// Tolerances of INVARIANTS.md.
inline constexpr Duration kStartTolerance = std::chrono::seconds{1};  // eps
inline constexpr Duration kRecoveryBound = std::chrono::seconds{2};   // R
inline constexpr Duration kGrain{2};  // two clocks rounded to milliseconds differ by no more

struct RunFacts;

/// An attempt: its row, and what its job wrote.
struct AttemptFacts {
  core::AttemptRow row;
  RunFacts* run = nullptr;  // null: no such row
  bool unclear = false;     // its instants are (Frames)
  std::vector<const Entry*> starts;
  std::vector<const Entry*> ends;
  std::vector<const Entry*> marks;  // alive

  bool is_over() const { return row.outcome.has_value(); }
  const Entry* start() const { return starts.empty() ? nullptr : starts.front(); }
  const Entry* end() const { return ends.empty() ? nullptr : ends.front(); }
};

struct JobFacts;

struct RunFacts {
  core::RunRow row;
  JobFacts* job = nullptr;
  bool unclear = false;
  std::vector<AttemptFacts*> attempts;  // by number

  bool is_ended() const { return row.state == core::RunState::ended; }
};

struct JobFacts {
  std::string name;
  const core::JobSpec* spec = nullptr;  // null: no longer in the fleet file
  std::optional<core::JobRow> row;
  std::optional<core::HeartbeatRow> heartbeat;
  std::vector<RunFacts*> runs;          // by id
  std::vector<core::SlotsRow> ranges;   // by number
  std::vector<AttemptFacts*> attempts;  // by token
  bool trimmed = false;                 // retention has deleted older rows
  RunId runs_from;                      // of lower ones some may be gone
  SlotNumber slots_from = 0;
  /// Its slots are instants of the wall clock, and that was stepped: they cannot be held against
  /// what lies on the line.
  bool off_the_line = false;
  bool unclear = false;                 // some of its instants are (Frames)
  std::set<SlotNumber> unclear_ranges;  // by first number
  bool witnessed = false;               // its attempts have lines, or should have
  bool by_shell = false;                // the witness may be a child of the attempt's main process

  bool allows_overlap() const { return spec != nullptr && spec->overlap == core::Overlap::allow; }
};

/// A daemon, from its start to the last that is known of it.
struct Presence {
  WallTime from;
  WallTime to;
};

struct Scene {
  core::FleetSpec spec;
  core::FleetRow fleet;
  Frames frames;
  std::map<std::string, JobFacts, std::less<>> jobs;
  std::map<RunId, RunFacts> runs;
  std::map<Token, AttemptFacts> attempts;
  std::vector<core::EventRow> events;
  std::vector<core::NodeRow> nodes;  // by start
  std::vector<Presence> presences;   // one a node
  /// When definitions may have changed: reloads, and all starts but the first.
  std::vector<WallTime> reloads;
  std::vector<WallTime> restarts;
  Diaries diaries;
  std::vector<const Entry*> strangers;  // lines that join no attempt
  std::int64_t beyond_history = 0;      // lines of attempts that retention has taken
  bool running = false;
  WallTime now;         // of the snapshot, by the wall clock
  WallTime until;       // slots due by then must be accounted for
  std::string boot_id;  // of the machine that judges

  bool real_time() const { return fleet.speed == 1; }
  JobFacts* job(std::string_view name);
  bool may_have_changed_since(WallTime at) const;
};

struct SceneOptions {
  bool running = false;
  WallTime now;                   // of the snapshot
  std::optional<WallTime> until;  // judge no further
  std::string boot_id;
};

/// `early` was read before the history, `late` after it: a line of `early` must have its row, and a
/// row must have its lines in `late`.
/// The scene refers to `late`'s entries, which it owns. Rows that contradict each other are told.
std::unique_ptr<Scene> set_scene(core::FleetSpec spec, store::WholeHistory history,
                                 const Diaries& early, Diaries late, const SceneOptions& options,
                                 Findings& findings);

}  // namespace takt::audit
