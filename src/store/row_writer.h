#pragma once
// RowWriter: the prepared statements that put rows into a database. Belongs to one connection and
// ends before it. Private to this folder; used on the writer thread only.

#include "store/row_sql.h"

namespace takt::store {

class RowWriter {
 public:
  explicit RowWriter(sql::Connection& connection);

  /// Inserts or replaces the row with this key (slots: see slot_ranges.h). A failure sticks to the
  /// connection; the caller looks once, before it commits.
  void write(const core::Row& row);
  void write(const core::FleetRow& row);

 private:
  void write_slots(const core::SlotsRow& row);
  std::vector<core::SlotsRow> slots_near(const core::SlotsRow& row);

  template <class Row>
  struct Upsert : sql::Statement {
    explicit Upsert(sql::Connection& connection) : sql::Statement(connection, upsert_text<Row>()) {}
    void write(const Row& row) {
      bind_row(*this, row);
      run();
    }
  };

  Upsert<core::FleetRow> fleet_;
  Upsert<core::NodeRow> node_;
  Upsert<core::JobRow> job_;
  Upsert<core::HeartbeatRow> heartbeat_;
  Upsert<core::RunRow> run_;
  Upsert<core::AttemptRow> attempt_;
  Upsert<core::EventRow> event_;
  Upsert<core::ProbeRow> probe_;
  Upsert<core::NoticeRow> notice_;
  Upsert<core::SlotsRow> slots_;
  sql::Statement slots_near_;
  sql::Statement slots_erase_;
};

}  // namespace takt::store
