#pragma once
// The log file of an attempt: lines of UTC time, stream and text.
//
//   2026-03-08T06:30:00.000Z out starting
//   2026-03-08T06:30:00.120Z err+ 40 %            no newline was written after "40 %" ...
//   2026-03-08T06:30:01.500Z err done             ... so the next err goes on where it stopped
//   2026-03-08T06:30:02.000Z cut log_max of 10485760 bytes reached
//   2026-03-08T06:30:09.000Z cut 73912 bytes not stored
//   2026-03-08T06:30:09.000Z lost 512 bytes could not be written: No space left on device
//
//   stream   text is
//   out err  what the job wrote, up to its newline
//   out+ err+  a piece that the next piece of that stream continues: a line longer than 64 KiB, or
//   one
//            that had no newline when the stream ended
//   cut      a remark: the cap was reached; at the end, how many bytes were left out
//   lost     a remark: bytes that a full or broken disk did not take, or that nobody read any more
//
// One space follows the stream; everything after it is the job's, byte for byte. So the bytes of a
// stream are the texts of its lines, each with its newline unless it is a piece. Times are when
// takt read the bytes, in fleet time.

#include <array>
#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "base/words.h"
#include "exec/descriptor.h"

namespace takt::exec {

enum class LogStream { out, err, cut, lost, unknown };

/// Longest text of one line of the file.
inline constexpr std::size_t kLogPieceMax = 64U << 10U;

struct LogLine {
  WallTime at;
  LogStream stream = LogStream::unknown;
  std::string text;
  bool newline = true;
};

/// Appends one line of the file to `to`. `time` is format_rfc3339's; `text` holds no newline.
void append_log_line(std::string& to, std::string_view time, LogStream stream,
                     std::string_view text, bool newline);

/// One line of the file without its newline. A line that takt did not write has stream `unknown`
/// and is its own text.
LogLine parse_log_line(std::string_view line);

/// Reads a log from its beginning. Blocking; never on the loop's thread.
class LogReader {
 public:
  /// Never follows a symlink; only regular files. The error is fit for an operator.
  static std::expected<LogReader, std::string> open(const std::string& path);

  /// The next complete line; nullopt at the end of the file, for now: more may be asked for later,
  /// when the attempt is still writing.
  std::optional<LogLine> next();

 private:
  explicit LogReader(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
  std::string buffer_;
  std::size_t used_ = 0;
};

}  // namespace takt::exec

namespace takt {

template <>
inline constexpr std::array<std::string_view, 5> kWords<exec::LogStream>{"out", "err", "cut",
                                                                         "lost", "unknown"};

}  // namespace takt
