#include "sim/modelled_store.h"

#include <algorithm>

#include "base/match.h"

namespace takt::sim {
namespace {

constexpr std::size_t kDurationsKept = 50;

}  // namespace

std::vector<core::Batch> ModelledStore::commit() {
  std::vector<core::Batch> group = std::exchange(queue_, {});
  for (const core::Batch& batch : group) apply(batch);
  return group;
}

void ModelledStore::apply(const core::Batch& batch) {
  fleet_ = batch.fleet;
  for (const core::Row& row : batch.rows) {
    std::visit(
        Match{[](const core::NodeRow&) {}, [&](const core::JobRow& job) { jobs_[job.job] = job; },
              [&](const core::HeartbeatRow& beat) { heartbeats_[beat.job] = beat; },
              [&](const core::RunRow& run) { apply(run); },
              [&](const core::AttemptRow& attempt) {
                open_attempts_[{attempt.run, attempt.attempt}] = attempt;
              },
              [](const core::SlotsRow&) {}, [](const core::EventRow&) {}},
        row);
  }
  // A batch may tell a run's end before that of its last attempt.
  for (const core::Row& row : batch.rows) {
    const auto* run = std::get_if<core::RunRow>(&row);
    if (run == nullptr || run->state != core::RunState::ended) continue;
    open_attempts_.erase(open_attempts_.lower_bound({run->run, 0}),
                         open_attempts_.lower_bound({RunId{run->run.value + 1}, 0}));
  }
}

void ModelledStore::apply(const core::RunRow& row) {
  if (row.state != core::RunState::ended) {
    open_runs_[row.run] = row;
    return;
  }
  open_runs_.erase(row.run);
  if (row.outcome != core::Outcome::ok || !row.started_at || !row.ended_at) return;
  std::deque<Duration>& kept = durations_[row.job];
  kept.push_back(*row.ended_at - *row.started_at);
  if (kept.size() > kDurationsKept) kept.pop_front();
}

core::Stored ModelledStore::load() const {
  core::Stored stored;
  stored.fleet = fleet_;
  for (const auto& [name, row] : jobs_) stored.jobs.push_back(row);
  for (const auto& [name, row] : heartbeats_) stored.heartbeats.push_back(row);
  for (const auto& [id, row] : open_runs_) stored.open_runs.push_back(row);
  for (const auto& [key, row] : open_attempts_) stored.open_attempts.push_back(row);
  std::ranges::sort(stored.open_attempts, {}, &core::AttemptRow::token);
  for (const auto& [name, kept] : durations_) {
    stored.durations[name].assign(kept.begin(), kept.end());
  }
  return stored;
}

}  // namespace takt::sim
