#include "store/overlay.h"

#include <map>
#include <utility>

#include "base/match.h"

namespace takt::store {
namespace {

constexpr std::size_t kDurationsMax = 50;

template <class Key, class Row>
std::map<Key, Row> by_key(std::vector<Row> rows, Key Row::* key) {
  std::map<Key, Row> map;
  for (Row& row : rows) map.insert_or_assign(row.*key, std::move(row));
  return map;
}

template <class Key, class Row>
std::vector<Row> rows_of(std::map<Key, Row>& map) {
  std::vector<Row> rows;
  rows.reserve(map.size());
  for (auto& [key, row] : map) rows.push_back(std::move(row));
  return rows;
}

class Layers {
 public:
  explicit Layers(core::Stored stored)
      : fleet_(std::move(stored.fleet)),
        node_(std::move(stored.last_node)),
        jobs_(by_key(std::move(stored.jobs), &core::JobRow::job)),
        heartbeats_(by_key(std::move(stored.heartbeats), &core::HeartbeatRow::job)),
        runs_(by_key(std::move(stored.open_runs), &core::RunRow::run)),
        attempts_(by_key(std::move(stored.open_attempts), &core::AttemptRow::token)),
        notices_(by_key(std::move(stored.notices), &core::NoticeRow::notice)),
        durations_(std::move(stored.durations)) {
    for (core::ProbeRow& row : stored.probes) put(std::move(row));
  }

  void put(const core::Batch& batch) {
    fleet_ = batch.fleet;
    for (const core::Row& row : batch.rows) {
      std::visit(Match{[&](const core::NodeRow& r) { node_ = r; },
                       [&](const core::JobRow& r) { jobs_.insert_or_assign(r.job, r); },
                       [&](const core::HeartbeatRow& r) { heartbeats_.insert_or_assign(r.job, r); },
                       [&](const core::RunRow& r) { put(r); },
                       [&](const core::AttemptRow& r) { attempts_.insert_or_assign(r.token, r); },
                       [](const core::SlotsRow&) {}, [](const core::EventRow&) {},
                       [&](const core::ProbeRow& r) { put(r); },
                       [&](const core::NoticeRow& r) { notices_.insert_or_assign(r.notice, r); }},
                 row);
    }
  }

  core::Stored take() {
    std::erase_if(runs_, [](const auto& entry) { return is_ended(entry.second); });
    std::erase_if(attempts_, [&](const auto& entry) { return !runs_.contains(entry.second.run); });
    core::Stored stored;
    stored.fleet = std::move(fleet_);
    stored.last_node = std::move(node_);
    stored.jobs = rows_of(jobs_);
    stored.heartbeats = rows_of(heartbeats_);
    stored.open_runs = rows_of(runs_);
    stored.open_attempts = rows_of(attempts_);
    stored.durations = std::move(durations_);
    stored.probes = rows_of(probes_);
    stored.notices = rows_of(notices_);
    return stored;
  }

 private:
  static bool is_ended(const core::RunRow& row) { return row.state == core::RunState::ended; }

  void put(core::ProbeRow row) {
    std::pair key{row.health, row.probe};
    probes_.insert_or_assign(std::move(key), std::move(row));
  }

  void put(const core::RunRow& row) {
    const auto known = runs_.find(row.run);
    const bool ends = is_ended(row) && (known == runs_.end() || !is_ended(known->second));
    runs_.insert_or_assign(row.run, row);
    if (!ends || row.outcome != core::Outcome::ok || !row.started_at || !row.ended_at) return;
    std::vector<Duration>& lengths = durations_[row.job];
    lengths.push_back(*row.ended_at - *row.started_at);
    if (lengths.size() > kDurationsMax) lengths.erase(lengths.begin());
  }

  std::optional<core::FleetRow> fleet_;
  std::optional<core::NodeRow> node_;
  std::map<std::string, core::JobRow> jobs_;
  std::map<std::string, core::HeartbeatRow> heartbeats_;
  std::map<RunId, core::RunRow> runs_;
  std::map<Token, core::AttemptRow> attempts_;
  std::map<NoticeId, core::NoticeRow> notices_;
  std::map<std::pair<std::string, std::string>, core::ProbeRow> probes_;
  std::map<std::string, std::vector<Duration>> durations_;
};

}  // namespace

core::Stored overlay(core::Stored stored, std::span<const core::Batch> batches) {
  if (batches.empty()) return stored;
  const std::int64_t replayed = stored.journal_replayed;
  Layers layers(std::move(stored));
  for (const core::Batch& batch : batches) layers.put(batch);
  core::Stored result = layers.take();
  result.journal_replayed = replayed;
  return result;
}

}  // namespace takt::store
