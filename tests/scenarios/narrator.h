#pragma once
// Narrator: effects as lines for people, one fact a line, times as seconds of the scenario:
//
//   00:05:00 run 1 posting schedule slot 1@00:05:00 running
//   00:05:00 attempt 1.1 posting token 1 recorded
//   00:05:00 launch 1.1 posting schedule slot 00:05:00
//
// Of rows that are written again and again only what changed is told; heartbeats are not told.

#include <map>
#include <string>
#include <vector>

#include "core/effect.h"
#include "scenarios/recorded_rows.h"

namespace takt::scenarios {

/// "1d02:03:04.005" since the first start of the fleet; milliseconds only where there are any.
std::string scenario_time(WallTime at);

class Narrator {
 public:
  /// A daemon died: only what was recorded is known from now on.
  void forget_all_but(const RecordedRows& rows);

  /// The lines of one effect, in order.
  std::vector<std::string> tell(WallTime at, const core::Effect& effect);

 private:
  struct JobFacts {
    std::string pause = "not paused";
    bool quarantined = false;
    int recoveries = 0;
  };

  void tell_row(const core::JobRow& row);
  void tell_row(const core::RunRow& row);
  void tell_row(const core::AttemptRow& row);
  void tell_row(const core::SlotsRow& row);
  void tell_row(const core::EventRow& row);
  void tell_row(const core::ProbeRow& row);
  void tell_row(const core::NoticeRow& row);
  void tell_row(const core::NodeRow&) {}
  void tell_row(const core::HeartbeatRow& row);  // its beats; the rest follows from runs
  void tell_effect(const core::Persist& effect);
  void tell_effect(const core::LaunchAttempt& effect);
  void tell_effect(const core::KillTree& effect);
  void tell_effect(const core::KillLeftover& effect);
  void tell_effect(const core::CleanUp& effect);
  void tell_effect(const core::Mend& effect);
  void tell_effect(const core::EndBuiltin& effect);
  void tell_effect(const core::SendNotices& effect);
  void tell_effect(const core::Answer& effect);
  void tell_effect(const core::Stopped& effect);
  void line(std::string text);

  WallTime at_;
  std::vector<std::string> lines_;
  std::map<std::string, JobFacts> jobs_;
  std::map<std::string, WallTime> beats_;
  std::map<RunId, std::string> runs_;
  std::map<Token, std::string> attempts_;  // "1.2 posting"
};

}  // namespace takt::scenarios
