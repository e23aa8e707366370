#pragma once
// MemoryRows: the tables of a store as ordered maps. Keeps the same promises as the database: whole
// rows replace the one with their key, slots become ranges, a slot has at most one run and an
// attempt number of a run at most one token (a second one is a bug, and asserted).

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/rows.h"

namespace takt::store {

/// How much of the past is kept; nothing set: all of it.
struct Retention {
  /// Ended runs, and ranges of slots that did not run, of one job. The oldest go first, runs with
  /// their attempts. Durations can then be of fewer than 50 runs.
  std::optional<std::size_t> keep_runs_per_job;
  std::optional<std::size_t> keep_events;
};

class MemoryRows {
 public:
  using Slots = std::map<std::string, std::map<SlotNumber, core::SlotsRow>>;  // by job, first slot

  explicit MemoryRows(Retention retention) : retention_(retention) {}

  void put(core::Row row);
  void put(core::FleetRow row) { fleet_ = std::move(row); }

  core::Stored stored() const;

  const std::optional<core::FleetRow>& fleet() const { return fleet_; }
  const std::map<NodeId, core::NodeRow>& nodes() const { return nodes_; }
  const std::map<std::string, core::JobRow>& jobs() const { return jobs_; }
  const std::map<std::string, core::HeartbeatRow>& heartbeats() const { return heartbeats_; }
  const std::map<RunId, core::RunRow>& runs() const { return runs_; }
  const std::map<Token, core::AttemptRow>& attempts() const { return attempts_; }
  const Slots& slots() const { return slots_; }
  const std::map<EventId, core::EventRow>& events() const { return events_; }
  const std::map<std::pair<std::string, std::string>, core::ProbeRow>& probes() const {
    return probes_;
  }
  const std::map<NoticeId, core::NoticeRow>& notices() const { return notices_; }
  /// Rows of slots that spoke against a disposition recorded before (which stood).
  std::size_t contradictions() const { return contradictions_; }

  /// Oldest first.
  std::vector<core::AttemptRow> attempts_of(RunId run) const;

 private:
  struct Shelf {  // what a job has in runs_
    std::map<SlotNumber, RunId> by_slot;
    std::deque<RunId> ended;
  };

  void put_run(core::RunRow row);
  void put_attempt(core::AttemptRow row);
  void put_slots(const core::SlotsRow& row);
  void put_event(core::EventRow row);
  void drop_run(Shelf& shelf, RunId run);
  std::vector<core::NoticeRow> notices_to_restore() const;

  Retention retention_;
  std::optional<core::FleetRow> fleet_;
  std::map<NodeId, core::NodeRow> nodes_;
  NodeId last_node_;
  std::map<std::string, core::JobRow> jobs_;
  std::map<std::string, core::HeartbeatRow> heartbeats_;
  std::map<RunId, core::RunRow> runs_;
  std::map<Token, core::AttemptRow> attempts_;
  std::map<RunId, std::map<int, Token>> attempts_of_run_;
  std::map<std::string, Shelf> shelves_;
  Slots slots_;
  std::map<EventId, core::EventRow> events_;
  std::map<std::pair<std::string, std::string>, core::ProbeRow> probes_;  // by check and name
  std::map<NoticeId, core::NoticeRow> notices_;
  std::size_t contradictions_ = 0;
};

}  // namespace takt::store
