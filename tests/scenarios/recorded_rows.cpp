#include "scenarios/recorded_rows.h"

#include "base/match.h"

namespace takt::scenarios {

void RecordedRows::commit(const core::Batch& batch) {
  fleet_ = batch.fleet;
  for (const core::Row& row : batch.rows) {
    std::visit(Match{[&](const core::NodeRow& r) { last_node_ = r; }, [](const core::EventRow&) {},
                     [&](const core::JobRow& r) { jobs_[r.job] = r; },
                     [&](const core::HeartbeatRow& r) { heartbeats_[r.job] = r; },
                     [&](const core::AttemptRow& r) { attempts_[r.token] = r; },
                     [&](const core::SlotsRow& r) { slots_.push_back(r); },
                     [&](const core::ProbeRow& r) { probes_[{r.health, r.probe}] = r; },
                     [&](const core::NoticeRow& r) { notices_[r.notice] = r; },
                     [&](const core::RunRow& r) {
                       runs_[r.run] = r;
                       const bool ok = r.outcome == core::Outcome::ok && r.started_at && r.ended_at;
                       if (ok) durations_[r.job].push_back(*r.ended_at - *r.started_at);
                     }},
               row);
  }
}

core::Stored RecordedRows::stored() const {
  core::Stored stored;
  stored.fleet = fleet_;
  stored.last_node = last_node_;
  for (const auto& [name, row] : jobs_) stored.jobs.push_back(row);
  for (const auto& [name, row] : heartbeats_) stored.heartbeats.push_back(row);
  for (const auto& [id, row] : runs_) {
    if (row.state != core::RunState::ended) stored.open_runs.push_back(row);
  }
  for (const auto& [token, row] : attempts_) {
    if (runs_.at(row.run).state != core::RunState::ended) stored.open_attempts.push_back(row);
  }
  for (const auto& [key, row] : probes_) stored.probes.push_back(row);
  for (const auto& [id, row] : notices_) stored.notices.push_back(row);
  stored.durations = durations_;
  return stored;
}

}  // namespace takt::scenarios
