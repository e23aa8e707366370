#include "sim/modelled_store.h"

#include <algorithm>
#include <iterator>
#include <ranges>
#include <utility>

#include "base/match.h"

namespace takt::sim {
namespace {

constexpr std::size_t kDurationsKept = 50;

template <class Key, class RowType>
std::vector<RowType> rows_of(const std::map<Key, RowType>& kept) {
  const auto rows = std::views::values(kept);
  return {rows.begin(), rows.end()};
}

}  // namespace

void ModelledStore::keep(std::vector<core::Batch> group) {
  for (core::Batch& batch : group) apply(batch);
}

std::vector<core::Batch> ModelledStore::commit_while(
    const std::function<bool(const core::Batch&)>& may) {
  std::vector<core::Batch> group = std::exchange(queue_, {});
  const auto first_left = std::ranges::find_if_not(group, may);
  queue_.assign(std::make_move_iterator(first_left), std::make_move_iterator(group.end()));
  group.erase(first_left, group.end());
  return group;
}

void ModelledStore::apply(core::Batch& batch) {
  fleet_ = batch.fleet;
  recorded_ = batch.seq;
  std::vector<RunId> over;
  for (core::Row& row : batch.rows) {
    std::visit(Match{[](core::NodeRow&) {},
                     [&](core::JobRow& job) {
                       core::JobRow& kept = jobs_[job.job];
                       kept = std::move(job);
                     },
                     [&](core::HeartbeatRow& beat) {
                       core::HeartbeatRow& kept = heartbeats_[beat.job];
                       kept = std::move(beat);
                     },
                     [&](core::RunRow& run) {
                       if (run.state == core::RunState::ended) over.push_back(run.run);
                       apply(run);
                     },
                     [&](core::AttemptRow& attempt) {
                       core::AttemptRow& kept = open_attempts_[{attempt.run, attempt.attempt}];
                       kept = std::move(attempt);
                     },
                     [](core::SlotsRow&) {}, [](core::EventRow&) {},
                     [&](core::ProbeRow& probe) {
                       core::ProbeRow& kept = probes_[{probe.health, probe.probe}];
                       kept = std::move(probe);
                     },
                     [&](core::NoticeRow& notice) {
                       // Contacts are told at once, and of an ended one only the newest matters.
                       core::NoticeRow& kept =
                           notices_[{notice.contact, notice.job, notice.health, notice.probe}];
                       if (kept.notice <= notice.notice) kept = std::move(notice);
                     }},
               row);
  }
  // A batch may tell a run's end before that of its last attempt.
  for (const RunId run : over) {
    open_attempts_.erase(open_attempts_.lower_bound({run, 0}),
                         open_attempts_.lower_bound({RunId{run.value + 1}, 0}));
  }
}

void ModelledStore::apply(core::RunRow& row) {
  if (row.state != core::RunState::ended) {
    core::RunRow& kept = open_runs_[row.run];
    kept = std::move(row);
    return;
  }
  open_runs_.erase(row.run);
  if (row.outcome != core::Outcome::ok || !row.started_at || !row.ended_at) return;
  std::deque<Duration>& kept = durations_[row.job];
  kept.push_back(*row.ended_at - *row.started_at);
  if (kept.size() > kDurationsKept) kept.pop_front();
}

std::vector<core::HeartbeatRow> ModelledStore::heartbeats() const { return rows_of(heartbeats_); }

std::vector<core::RunRow> ModelledStore::open_runs() const { return rows_of(open_runs_); }

std::vector<core::AttemptRow> ModelledStore::living_attempts() const {
  std::vector<core::AttemptRow> rows;
  for (const auto& [key, row] : open_attempts_) {
    if (!row.outcome) rows.push_back(row);
  }
  std::ranges::sort(rows, {}, &core::AttemptRow::token);
  return rows;
}

core::Stored ModelledStore::load() const {
  core::Stored stored;
  stored.fleet = fleet_;
  stored.jobs = rows_of(jobs_);
  stored.heartbeats = rows_of(heartbeats_);
  stored.open_runs = rows_of(open_runs_);
  stored.open_attempts = rows_of(open_attempts_);
  std::ranges::sort(stored.open_attempts, {}, &core::AttemptRow::token);
  stored.probes = rows_of(probes_);
  stored.notices = rows_of(notices_);
  std::ranges::sort(stored.notices, {}, &core::NoticeRow::notice);
  for (const auto& [name, kept] : durations_) {
    stored.durations[name].assign(kept.begin(), kept.end());
  }
  return stored;
}

}  // namespace takt::sim
