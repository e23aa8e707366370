#pragma once
// Interrupt: what Ctrl-C does to the command line. It ends at once with exit code 130, except where a
// verb has something to say first and asks to be told instead.

#include "base/time.h"

namespace takt::cli {

/// Installs the handler; once, before a verb runs. Not for `up`, whose daemon has its own.
void end_on_interrupt();

/// As long as it lives, Ctrl-C is only noted.
class NotedInterrupts {
 public:
  NotedInterrupts();
  ~NotedInterrupts();
  NotedInterrupts(const NotedInterrupts&) = delete;
  NotedInterrupts& operator=(const NotedInterrupts&) = delete;
  bool happened() const;
};

/// Sleeps for at most `time`; a signal ends it early. False: stdout is a pipe that nobody reads any
/// more, which a verb that follows something quiet would not notice otherwise.
[[nodiscard]] bool sleep_unless_interrupted(Duration time);

}  // namespace takt::cli
