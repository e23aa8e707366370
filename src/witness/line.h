#pragma once
// A witness line: what a job itself says of its life, in a file that takt knows nothing of.
//
//   W start RUN ATTEMPT TOKEN PID STARTTIME REALTIME BOOTTIME
//   W end   RUN ATTEMPT TOKEN PID STARTTIME REALTIME BOOTTIME [exit=N | signal=N]
//   W alive RUN ATTEMPT TOKEN PID STARTTIME REALTIME BOOTTIME
//
// start is the first thing a witness does, end the last; exit and signal say how it is about to go
// when that is not exit 0. alive says that the process was seen living then, by itself or by a later
// attempt that looked back. STARTTIME is field 22 of /proc/PID/stat; REALTIME (unix epoch) and
// BOOTTIME are nanoseconds of CLOCK_REALTIME and CLOCK_BOOTTIME, read one after the other.
//
// A line is written by one write() and synced. A process killed while it writes may leave a torn
// line; the next writer begins on a line of its own.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/words.h"

namespace takt::witness {

enum class Mark { start, end, alive };

/// Who speaks, or is spoken of: an attempt, and its main process as precisely as the kernel names it.
struct Speaker {
  RunId run;
  int attempt = 0;
  Token token;
  int pid = 0;
  std::uint64_t start_ticks = 0;
  friend auto operator<=>(const Speaker&, const Speaker&) = default;
};

struct Line {
  Mark mark = Mark::start;
  Speaker speaker;
  std::chrono::nanoseconds realtime{0};
  std::chrono::nanoseconds boottime{0};
  std::optional<int> exit_code;  // of an end that is not exit 0
  std::optional<int> signal;
};

/// Without the newline.
std::string format_line(const Line& line);

/// nullopt: torn, or no witness line. Words after the known ones are ignored.
std::optional<Line> parse_line(std::string_view text);

}  // namespace takt::witness

namespace takt {

template <>
inline constexpr std::array<std::string_view, 3> kWords<witness::Mark>{"start", "end", "alive"};

}  // namespace takt
