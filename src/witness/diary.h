#pragma once
// Diary: the file that a witness writes its lines to, and what it knows of itself to write there.

#include <expected>
#include <optional>
#include <string>

#include "witness/line.h"

namespace takt::witness {

/// This process as a speaker: TAKT_RUN_ID, TAKT_ATTEMPT and TAKT_TOKEN (0 where takt did not start
/// it), its pid and its start.
Speaker myself();

/// A line of `speaker`, now.
Line line_now(Mark mark, const Speaker& speaker);

/// Field 22 of /proc/pid/stat of a living process (no zombie); nullopt: there is none.
std::optional<std::uint64_t> living_since(int pid);

class Diary {
 public:
  /// Nothing is opened yet: no descriptor of the diary is open between two lines.
  explicit Diary(std::string file) : file_(std::move(file)) {}

  /// Appends the line with one write() and syncs it. The error names the file.
  std::expected<void, std::string> append(const Line& line) const;

  /// The speaker of the last start line that no end line followed: the attempt before, should it
  /// have been killed.
  std::optional<Speaker> last_unended() const;

 private:
  std::string file_;
};

}  // namespace takt::witness
