#include "store/memory_rows.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/assert.h"
#include "base/match.h"
#include "store/slot_ranges.h"

namespace takt::store {
namespace {

constexpr std::size_t kDurationsMax = 50;

bool is_open(const core::RunRow& run) { return run.state != core::RunState::ended; }

template <class Map>
auto values_of(const Map& map) {
  std::vector<typename Map::mapped_type> values;
  values.reserve(map.size());
  for (const auto& [key, value] : map) values.push_back(value);
  return values;
}

}  // namespace

void MemoryRows::put(core::Row row) {
  std::visit(Match{
                 [&](core::NodeRow& r) {
                   if (!nodes_.contains(r.node)) last_node_ = r.node;
                   nodes_.insert_or_assign(r.node, std::move(r));
                 },
                 [&](core::JobRow& r) { jobs_.insert_or_assign(r.job, std::move(r)); },
                 [&](core::HeartbeatRow& r) { heartbeats_.insert_or_assign(r.job, std::move(r)); },
                 [&](core::RunRow& r) { put_run(std::move(r)); },
                 [&](core::AttemptRow& r) { put_attempt(std::move(r)); },
                 [&](core::SlotsRow& r) { put_slots(r); },
                 [&](core::EventRow& r) { put_event(std::move(r)); },
                 [&](core::ProbeRow& r) {
                   std::pair key{r.health, r.probe};
                   probes_.insert_or_assign(std::move(key), std::move(r));
                 },
                 [&](core::NoticeRow& r) { notices_.insert_or_assign(r.notice, std::move(r)); },
             },
             row);
}

void MemoryRows::put_run(core::RunRow row) {
  Shelf& shelf = shelves_[row.job];
  const RunId run = row.run;
  if (row.slot_number) {
    const auto [owner, fresh] = shelf.by_slot.try_emplace(*row.slot_number, run);
    TAKT_ASSERT(owner->second == run, "a slot has at most one run");
  }
  const bool ends = !is_open(row);
  const auto known = runs_.find(run);
  const bool was_open = known == runs_.end() || is_open(known->second);
  if (known == runs_.end()) {
    runs_.emplace_hint(runs_.end(), run, std::move(row));
  } else {
    known->second = std::move(row);
  }
  if (!ends || !was_open || !retention_.keep_runs_per_job) return;
  shelf.ended.push_back(run);
  while (shelf.ended.size() > *retention_.keep_runs_per_job) {
    drop_run(shelf, shelf.ended.front());
    shelf.ended.pop_front();
  }
}

void MemoryRows::drop_run(Shelf& shelf, RunId run) {
  const auto found = runs_.find(run);
  if (found == runs_.end()) return;
  if (found->second.slot_number) shelf.by_slot.erase(*found->second.slot_number);
  runs_.erase(found);
  const auto tokens = attempts_of_run_.find(run);
  if (tokens == attempts_of_run_.end()) return;
  for (const auto& [number, token] : tokens->second) attempts_.erase(token);
  attempts_of_run_.erase(tokens);
}

void MemoryRows::put_attempt(core::AttemptRow row) {
  const auto [known, fresh] = attempts_of_run_[row.run].try_emplace(row.attempt, row.token);
  TAKT_ASSERT(known->second == row.token, "an attempt of a run has one token");
  attempts_.insert_or_assign(row.token, std::move(row));
}

void MemoryRows::put_slots(const core::SlotsRow& row) {
  auto& ranges = slots_[row.job];
  std::vector<core::SlotsRow> near;
  for (auto at = ranges.upper_bound(row.last); at != ranges.begin();) {
    --at;
    if (at->second.last + 1 < row.first) break;
    near.push_back(at->second);
  }
  std::ranges::reverse(near);
  RangeChange change = merge_slots(near, row);
  if (change.contradicted) ++contradictions_;
  for (const SlotNumber first : change.erased) ranges.erase(first);
  for (auto& range : change.added) ranges.insert_or_assign(range.first, std::move(range));
  if (!retention_.keep_runs_per_job) return;
  while (ranges.size() > std::max<std::size_t>(*retention_.keep_runs_per_job, 1)) {
    ranges.erase(ranges.begin());
  }
}

void MemoryRows::put_event(core::EventRow row) {
  events_.insert_or_assign(row.id, std::move(row));
  if (!retention_.keep_events) return;
  while (events_.size() > *retention_.keep_events) events_.erase(events_.begin());
}

std::vector<core::AttemptRow> MemoryRows::attempts_of(RunId run) const {
  std::vector<core::AttemptRow> rows;
  const auto tokens = attempts_of_run_.find(run);
  if (tokens == attempts_of_run_.end()) return rows;
  for (const auto& [number, token] : tokens->second) rows.push_back(attempts_.at(token));
  return rows;
}

std::vector<core::NoticeRow> MemoryRows::notices_to_restore() const {
  std::map<std::array<std::string, 4>, NoticeId> newest;
  for (const auto& [id, row] : notices_) {
    newest[{row.contact, row.job, row.health, row.probe}] = id;
  }
  std::set<NoticeId> wanted;
  for (const auto& [subject, id] : newest) wanted.insert(id);
  std::vector<core::NoticeRow> rows;
  for (const auto& [id, row] : notices_) {
    if (row.state == core::NoticeState::pending || wanted.contains(id)) rows.push_back(row);
  }
  return rows;
}

core::Stored MemoryRows::stored() const {
  core::Stored stored;
  stored.fleet = fleet_;
  if (last_node_) stored.last_node = nodes_.at(last_node_);
  stored.jobs = values_of(jobs_);
  stored.heartbeats = values_of(heartbeats_);
  for (const auto& [id, run] : runs_) {
    if (!is_open(run)) continue;
    stored.open_runs.push_back(run);
    std::ranges::move(attempts_of(id), std::back_inserter(stored.open_attempts));
  }
  std::ranges::sort(stored.open_attempts, {}, &core::AttemptRow::token);
  stored.probes = values_of(probes_);
  stored.notices = notices_to_restore();
  for (const auto& [id, run] : runs_) {
    if (run.outcome != core::Outcome::ok || !run.started_at || !run.ended_at) continue;
    stored.durations[run.job].push_back(*run.ended_at - *run.started_at);
  }
  for (auto& [job, durations] : stored.durations) {
    if (durations.size() <= kDurationsMax) continue;
    durations.erase(durations.begin(),
                    durations.end() - static_cast<std::ptrdiff_t>(kDurationsMax));
  }
  return stored;
}

}  // namespace takt::store
