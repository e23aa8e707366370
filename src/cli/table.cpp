#include "cli/table.h"

#include <algorithm>

#include "base/assert.h"
#include "base/unicode.h"
#include "cli/terminal_text.h"

namespace takt::cli {
namespace {

constexpr std::size_t kGap = 2;

void put(std::string& line, const Cell& cell, Align align, std::size_t width, bool last,
         bool color) {
  const auto padding = width - std::min(width, count_columns(cell.text));
  if (align == Align::right) line.append(padding, ' ');
  line += painted(cell.text, cell.paint, color);
  if (align == Align::left && !last) line.append(padding, ' ');
  if (!last) line.append(kGap, ' ');
}

}  // namespace

Cell word_cell(std::string_view word) {
  return {marked(word), word.empty() ? Paint::dim : mark_of(word).paint};
}

void Table::add(std::vector<Cell> row) {
  TAKT_ASSERT(row.size() == columns_.size(), "a row has one cell a column");
  for (auto& cell : row) cell.text = inert(cell.text);
  rows_.push_back(std::move(row));
}

std::string Table::render(bool color) const {
  std::vector<std::size_t> widths;
  for (const auto& column : columns_) widths.push_back(column.title.size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], count_columns(row[i].text));
    }
  }
  std::string out;
  const auto add_line = [&](const auto& cell_at) {
    std::string line;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      put(line, cell_at(i), columns_[i].align, widths[i], i + 1 == columns_.size(), color);
    }
    out.append(line, 0, line.find_last_not_of(' ') + 1).append(1, '\n');
  };
  add_line([&](std::size_t i) { return Cell{std::string(columns_[i].title), Paint::dim}; });
  for (const auto& row : rows_) add_line([&](std::size_t i) { return row[i]; });
  return out;
}

}  // namespace takt::cli
