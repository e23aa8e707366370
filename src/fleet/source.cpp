#include "fleet/source.h"

#include <algorithm>
#include <utility>

#include "base/unicode.h"

namespace takt::fleet {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr int kColumnsEachSide = 60;

/// Walks forward over the text; places are asked for in rising order.
class Walk {
 public:
  explicit Walk(std::string_view text) : text_(text) { find_line_end(); }

  void go_to(int line, int column) {
    while (line_ < line && end_ < text_.size()) next_line();
    while (column_ < column && at_ < end_) {
      at_ += code_point_at(text_, at_).bytes;
      ++column_;
    }
  }

  /// The line around the place reached, without its line break.
  void quote_into(Problem& problem) const {
    std::size_t first = at_;
    int before = 0;
    for (; first > begin_ && before < kColumnsEachSide; ++before) first = step_back(first);
    std::size_t last = at_;
    for (int i = 0; i < kColumnsEachSide && last < end_; ++i) {
      last += code_point_at(text_, last).bytes;
    }
    last = std::min(last, end_);
    if (last == end_ && last > first && text_[last - 1] == '\r') --last;
    const bool cut = first > begin_;
    problem.line_text = cut ? "…" : "";
    problem.line_text += text_.substr(first, last - first);
    if (last < end_ && text_[last] != '\r') problem.line_text += "…";
    problem.caret = before + (cut ? 2 : 1);
  }

 private:
  void next_line() {
    begin_ = at_ = end_ + 1;
    ++line_;
    column_ = 1;
    find_line_end();
  }

  void find_line_end() {
    const std::size_t found = text_.find('\n', begin_);
    end_ = found == std::string_view::npos ? text_.size() : found;
  }

  std::size_t step_back(std::size_t at) const {
    std::size_t before = at - 1;
    for (int i = 0; i < 3 && before > begin_ && (text_[before] & 0xC0) == 0x80; ++i) --before;
    return code_point_at(text_, before).bytes == at - before ? before : at - 1;
  }

  std::string_view text_;
  std::size_t begin_ = 0;  // of the line
  std::size_t end_ = 0;    // of the line, its break not counted
  std::size_t at_ = 0;
  int line_ = 1;
  int column_ = 1;
};

}  // namespace

Source::Source(std::string file, std::string_view text) : file_(std::move(file)) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  text_ = text;
}

Position Source::position_at(std::size_t offset) const {
  const std::string_view before = std::string_view{text_}.substr(0, offset);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t newline = before.rfind('\n');
  const std::size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
  return {static_cast<int>(lines) + 1, static_cast<int>(count_columns(before.substr(begin))) + 1};
}

void Source::quote_lines(std::span<Problem> problems) const {
  Walk walk{text_};
  for (Problem& problem : problems) {
    problem.file = file_;
    if (problem.line == 0) continue;
    walk.go_to(problem.line, problem.column);
    walk.quote_into(problem);
  }
}

}  // namespace takt::fleet
