#pragma once
// Sample rows for tests: plain ones to write on, and the comparison of whole rows.

#include <initializer_list>
#include <string>
#include <vector>

#include "store/row_table.h"

namespace takt::store {

/// The instant `minutes` after a fixed one in 2026.
inline WallTime at(int minutes) {
  return wall_from_millis(1'767'225'600'000) + std::chrono::minutes{minutes};
}

inline core::FleetRow fleet_row(const std::string& name = "social") {
  core::FleetRow row;
  row.name = name;
  row.epoch = at(0);
  row.clock = at(1);
  return row;
}

inline core::Batch batch(std::int64_t seq, std::vector<core::Row> rows = {}) {
  core::Batch made;
  made.seq = Seq{seq};
  made.fleet = fleet_row();
  made.fleet.last_event = EventId{seq};
  made.rows = std::move(rows);
  return made;
}

inline core::RunRow run_row(std::int64_t id, const std::string& job = "post") {
  core::RunRow row;
  row.run = RunId{id};
  row.job = job;
  row.slot_number = id;
  row.slot_at = row.rank_at = row.queued_at = at(static_cast<int>(id));
  return row;
}

/// A run that ran for `length` and ended well.
inline core::RunRow good_run(std::int64_t id, Duration length, const std::string& job = "post") {
  core::RunRow row = run_row(id, job);
  row.state = core::RunState::ended;
  row.disposition = core::Disposition::ran;
  row.outcome = core::Outcome::ok;
  row.started_at = row.queued_at;
  row.ended_at = *row.started_at + length;
  return row;
}

inline core::AttemptRow attempt_row(std::int64_t token, std::int64_t run, int attempt) {
  core::AttemptRow row;
  row.token = Token{token};
  row.run = RunId{run};
  row.job = "post";
  row.attempt = attempt;
  row.started_at = at(static_cast<int>(token));
  return row;
}

inline core::SlotsRow slots_row(SlotNumber first, SlotNumber last, core::Reason reason,
                                const std::string& job = "post") {
  core::SlotsRow row;
  row.job = job;
  row.first = first;
  row.last = last;
  row.at = at(static_cast<int>(first));
  row.last_at = row.decided_at = at(static_cast<int>(last));
  row.reason = reason;
  return row;
}

inline core::EventRow event_row(std::int64_t id, const std::string& text = "something happened") {
  core::EventRow row;
  row.id = EventId{id};
  row.at = at(static_cast<int>(id));
  row.text = text;
  return row;
}

/// Equal in every field.
template <class Row>
bool same(const Row& a, const Row& b) {
  return RowTable<Row>::fields(a) == RowTable<Row>::fields(b);
}

template <class Row>
bool same(const std::vector<Row>& a, const std::vector<Row>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!same(a[i], b[i])) return false;
  }
  return true;
}

}  // namespace takt::store
