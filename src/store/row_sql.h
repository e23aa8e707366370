#pragma once
// Row statements: how whole rows get into their tables and out again, for any row that RowTable
// describes. Private to this folder.

#include <string>
#include <tuple>

#include "store/row_table.h"
#include "store/sql.h"

namespace takt::store {

/// "a, b, c", each behind `prefix`.
template <class Row>
std::string column_list(std::string_view prefix = "") {
  std::string list;
  for (const std::string_view column : RowTable<Row>::kColumns) {
    if (!list.empty()) list += ", ";
    list += prefix;
    list += column;
  }
  return list;
}

/// Inserts a row or replaces the one with its key. Not INSERT OR REPLACE: that would also delete a
/// row of another key that a unique index speaks against, and so hide a broken invariant.
template <class Row>
std::string upsert_text() {
  std::string marks;
  std::string sets;
  for (const std::string_view column : RowTable<Row>::kColumns) {
    marks += marks.empty() ? "?" : ", ?";
    sets += (sets.empty() ? "" : ", ") + std::string(column) + " = excluded." + std::string(column);
  }
  return "INSERT INTO " + std::string(RowTable<Row>::kName) + " (" + column_list<Row>() +
         ") VALUES (" + marks + ") ON CONFLICT (" + std::string(RowTable<Row>::kKey) +
         ") DO UPDATE SET " + sets;
}

template <class Row>
void bind_row(sql::Statement& statement, const Row& row) {
  std::apply([&](const auto&... field) { statement.bind(field...); }, RowTable<Row>::fields(row));
}

/// The current row of a statement whose first columns are column_list<Row>().
template <class Row>
Row read_row(sql::Statement& statement) {
  Row row{};
  std::apply([&](auto&... field) { statement.read(field...); }, RowTable<Row>::fields(row));
  return row;
}

/// All rows that a bound statement gives, up to its failure.
template <class Row>
std::vector<Row> read_rows(sql::Statement& statement) {
  std::vector<Row> rows;
  while (statement.next()) rows.push_back(read_row<Row>(statement));
  return rows;
}

template <class Row>
constexpr bool kColumnsMatchFields =
    RowTable<Row>::kColumns.size() ==
    std::tuple_size_v<decltype(RowTable<Row>::fields(std::declval<Row&>()))>;
static_assert(kColumnsMatchFields<core::FleetRow> && kColumnsMatchFields<core::NodeRow> &&
              kColumnsMatchFields<core::JobRow> && kColumnsMatchFields<core::HeartbeatRow> &&
              kColumnsMatchFields<core::RunRow> && kColumnsMatchFields<core::AttemptRow> &&
              kColumnsMatchFields<core::SlotsRow> && kColumnsMatchFields<core::EventRow> &&
              kColumnsMatchFields<core::ProbeRow> && kColumnsMatchFields<core::NoticeRow>);

}  // namespace takt::store
