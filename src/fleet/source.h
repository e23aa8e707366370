#pragma once
// Source: the text of a fleet file as problems quote it. Owns a copy of the text, because advice is
// given after the caller's buffer is gone. Lines are found by one walk over the text for any number
// of problems, so a file of one endless line costs no more than any other.

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fleet/position.h"
#include "fleet/problem.h"

namespace takt::fleet {

class Source {
 public:
  /// `file` is the name that problems show. A byte order mark is left out of the text.
  Source(std::string file, std::string_view text);

  const std::string& file() const { return file_; }
  std::string_view text() const { return text_; }

  /// Place of a byte offset; the end of the text is a place too.
  Position position_at(std::size_t offset) const;

  /// Fills in file, line_text and caret. `problems` is sorted by position.
  void quote_lines(std::span<Problem> problems) const;

 private:
  std::string file_;
  std::string text_;
};

/// The texts of a fleet by the number of their file.
using Sources = std::vector<std::shared_ptr<const Source>>;

}  // namespace takt::fleet
