#include "store/row_writer.h"

#include <algorithm>

#include "base/match.h"
#include "store/slot_ranges.h"

namespace takt::store {

RowWriter::RowWriter(sql::Connection& connection)
    : fleet_(connection),
      node_(connection),
      job_(connection),
      heartbeat_(connection),
      run_(connection),
      attempt_(connection),
      event_(connection),
      probe_(connection),
      notice_(connection),
      slots_(connection),
      slots_near_(connection, "SELECT " + column_list<core::SlotsRow>() +
                                  " FROM slots WHERE job = ? AND first_number <= ?"
                                  " ORDER BY first_number DESC"),
      slots_erase_(connection, "DELETE FROM slots WHERE job = ? AND first_number = ?") {}

void RowWriter::write(const core::FleetRow& row) { fleet_.write(row); }

void RowWriter::write(const core::Row& row) {
  std::visit(Match{
                 [&](const core::NodeRow& r) { node_.write(r); },
                 [&](const core::JobRow& r) { job_.write(r); },
                 [&](const core::HeartbeatRow& r) { heartbeat_.write(r); },
                 [&](const core::RunRow& r) { run_.write(r); },
                 [&](const core::AttemptRow& r) { attempt_.write(r); },
                 [&](const core::SlotsRow& r) { write_slots(r); },
                 [&](const core::EventRow& r) { event_.write(r); },
                 [&](const core::ProbeRow& r) { probe_.write(r); },
                 [&](const core::NoticeRow& r) { notice_.write(r); },
             },
             row);
}

void RowWriter::write_slots(const core::SlotsRow& row) {
  const RangeChange change = merge_slots(slots_near(row), row);
  for (const SlotNumber first : change.erased) slots_erase_.bind(row.job, first).run();
  for (const core::SlotsRow& range : change.added) slots_.write(range);
}

/// Recorded ranges do not overlap, so walking down from the last slot can stop at the first range
/// that is too far away: one step, as a rule.
std::vector<core::SlotsRow> RowWriter::slots_near(const core::SlotsRow& row) {
  std::vector<core::SlotsRow> near;
  slots_near_.bind(row.job, row.last);
  while (slots_near_.next()) {
    auto range = read_row<core::SlotsRow>(slots_near_);
    if (range.last + 1 < row.first) break;
    near.push_back(std::move(range));
  }
  slots_near_.stop();
  std::ranges::reverse(near);
  return near;
}

}  // namespace takt::store
