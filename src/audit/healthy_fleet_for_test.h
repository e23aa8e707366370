#pragma once
// HealthyFleet: two minutes in the life of a fleet, as a real database and real witness files, in
// which every law holds. A test spoils one thing (in the plans, the rows, the lines, or the file)
// and asks for the verdicts.
//
//     0 s  the first daemon starts            75 s  the second one starts
//    61 s  it is killed                      119 s  it stops
//
//   tick   every 10s         a retry at 30 s; a long run at 40 s, so 50 s is skipped; lost at 60 s
//   queue  overlap = queue   a long run at 22 s, so that of 32 s waits
//   many   overlap = allow   runs of 12 s
//   lazy   catchup = none    what the downtime took is missed
//   calm   paused 23..47 s          clock  cron, every 10 s
//   rest   after = 5s        drawn  every = 5s..9s        hand  a manual run at 15 s

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "audit/audit.h"
#include "base/scratch_folder_for_test.h"
#include "core/rows.h"
#include "core/schedule.h"
#include "witness/line.h"

namespace takt::audit {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline const WallTime kEpoch = *parse_rfc3339("2026-03-01T00:00:00Z");
inline constexpr seconds kKilled{61};
inline constexpr seconds kBack{75};
inline constexpr seconds kStopped{119};
inline constexpr milliseconds kLate{3};

struct AttemptPlan {
  Duration start;
  Duration end;  // recorded
  core::Outcome outcome = core::Outcome::ok;
  int exit_code = 0;
};

struct RunPlan {
  std::string job;
  std::optional<SlotNumber> slot;
  Duration due{0};
  Duration queued{0};
  core::Cause cause = core::Cause::schedule;
  std::vector<AttemptPlan> attempts;
  RunId id;  // given by build()
};

/// What is written, ready to be spoiled.
struct Rows {
  core::FleetRow fleet;
  std::vector<core::NodeRow> nodes;
  std::map<std::string, core::JobRow> jobs;
  std::map<std::string, core::HeartbeatRow> heartbeats;
  std::vector<core::RunRow> runs;
  std::vector<core::AttemptRow> attempts;
  std::vector<core::SlotsRow> slots;
  std::vector<core::EventRow> events;
  std::map<std::string, std::vector<witness::Line>> lines;  // by job

  core::RunRow& run_of(const std::string& job, SlotNumber slot);
  core::AttemptRow& attempt_of(const std::string& job, SlotNumber slot, int attempt = 1);
  /// The line of an attempt; fails the test when there is none.
  witness::Line& line_of(const core::AttemptRow& attempt, witness::Mark mark);
  core::SlotsRow& range_of(const std::string& job, SlotNumber first);
};

/// Gives the plans their ids.
Rows rows_of(const core::FleetSpec& spec, std::vector<RunPlan>& plans);

/// The slots of job `drawn` before the stop.
std::vector<core::Slot> drawn_slots(const core::FleetSpec& spec);

class HealthyFleet {
 public:
  HealthyFleet();
  HealthyFleet(const HealthyFleet&) = delete;
  HealthyFleet& operator=(const HealthyFleet&) = delete;

  std::vector<RunPlan> plans;
  RunPlan& plan(const std::string& job, SlotNumber slot);

  /// Rows and lines out of the plans.
  Rows build();
  /// To disk.
  void write(const Rows& rows);
  /// What takt-check says: the verdicts that are not 0.
  std::map<std::string, std::int64_t> judge(bool look_at_processes = false);

  const std::filesystem::path& folder() const { return folder_.path(); }
  std::filesystem::path state_dir() const { return folder_ / "state"; }
  std::filesystem::path database() const { return state_dir() / "takt.db"; }
  const Judgement& last() const { return *last_; }

 private:
  ScratchFolder folder_;
  core::FleetSpec spec_;
  std::optional<Judgement> last_;
};

}  // namespace takt::audit
