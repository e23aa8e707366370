#pragma once
// Table: rows for people. Columns are as wide as their widest cell and never cut, so that a pipe sees
// the same text as a terminal; what comes from jobs and files is made inert on the way in.

#include <string>
#include <string_view>
#include <vector>

#include "cli/people.h"

namespace takt::cli {

struct Cell {
  std::string text;
  Paint paint = Paint::plain;
};

/// A cell that shows a word of the fleet with its glyph and colour.
Cell word_cell(std::string_view word);

enum class Align { left, right };

struct Column {
  std::string_view title;
  Align align = Align::left;
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// One cell a column.
  void add(std::vector<Cell> row);

  bool empty() const { return rows_.empty(); }

  /// Title line and rows, each with a newline; no spaces at line ends.
  std::string render(bool color) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace takt::cli
