#pragma once
// RecordedRows: what a store would hold after the batches that were committed so far, and what the
// next daemon is restored from. The plain model of the rule in core/rows.h: a row replaces the one
// with its key.

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/rows.h"

namespace takt::scenarios {

class RecordedRows {
 public:
  void commit(const core::Batch& batch);

  /// As ports::Store::load() promises it: open runs and their attempts, by id and token.
  core::Stored stored() const;

  const std::optional<core::FleetRow>& fleet() const { return fleet_; }
  const std::map<std::string, core::JobRow>& jobs() const { return jobs_; }
  const std::map<std::string, core::HeartbeatRow>& heartbeats() const { return heartbeats_; }
  const std::map<RunId, core::RunRow>& runs() const { return runs_; }
  const std::map<Token, core::AttemptRow>& attempts() const { return attempts_; }
  const std::vector<core::SlotsRow>& slots() const { return slots_; }

 private:
  std::optional<core::FleetRow> fleet_;
  std::optional<core::NodeRow> last_node_;
  std::map<std::string, core::JobRow> jobs_;
  std::map<std::string, core::HeartbeatRow> heartbeats_;
  std::map<RunId, core::RunRow> runs_;
  std::map<Token, core::AttemptRow> attempts_;
  std::vector<core::SlotsRow> slots_;
  std::map<std::string, std::vector<Duration>> durations_;
  std::map<std::pair<std::string, std::string>, core::ProbeRow> probes_;
  std::map<NoticeId, core::NoticeRow> notices_;
};

}  // namespace takt::scenarios
