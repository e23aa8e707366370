#pragma once
// ModelledStore: the store of the simulated world. Whole rows by key, as many as a restart needs: a
// fleet-year passes through it in constant memory. It has no time of its own; the world says when
// it commits, and takes the queue away when the daemon dies.
//
//   submit ──▶ queue ──▶ commit ──▶ rows ──▶ load
//                │
//                └─ crash: what was not committed is gone

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/rows.h"

namespace takt::sim {

class ModelledStore {
 public:
  void submit(core::Batch batch) { queue_.push_back(std::move(batch)); }

  bool idle() const { return queue_.empty(); }

  /// Takes the whole queue as one group, to be looked at and then kept.
  std::vector<core::Batch> commit() { return std::exchange(queue_, {}); }
  /// Committed: from here on load() tells of it. The rows are moved from.
  void keep(std::vector<core::Batch> group);

  /// The same for the front of the queue, up to the first batch that `may` says no to.
  std::vector<core::Batch> commit_while(const std::function<bool(const core::Batch&)>& may);

  /// The newest batch of this daemon that is committed.
  Seq recorded() const { return recorded_; }
  /// Batches count from 1 again.
  void begin_life() { recorded_ = {}; }

  /// Forgets what was not committed.
  void crash() { queue_.clear(); }

  /// What a coordinator is restored from.
  core::Stored load() const;

  // Of that, what a sweep over the rows asks for.
  std::vector<core::HeartbeatRow> heartbeats() const;
  std::vector<core::RunRow> open_runs() const;            // by run
  std::vector<core::AttemptRow> living_attempts() const;  // without an end, by token

 private:
  void apply(core::Batch& batch);
  void apply(core::RunRow& row);

  std::vector<core::Batch> queue_;
  Seq recorded_;
  std::optional<core::FleetRow> fleet_;
  std::map<std::string, core::JobRow> jobs_;
  std::map<std::string, core::HeartbeatRow> heartbeats_;
  std::map<RunId, core::RunRow> open_runs_;
  std::map<std::pair<RunId, int>, core::AttemptRow> open_attempts_;
  std::map<std::string, std::deque<Duration>> durations_;
  std::map<std::pair<std::string, std::string>, core::ProbeRow> probes_;
  std::map<std::array<std::string, 4>, core::NoticeRow> notices_;  // the newest about each subject
};

}  // namespace takt::sim
