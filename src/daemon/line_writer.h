#pragma once
// LineWriter: writes lines to a stream that may block (a stopped terminal, a pager, a stalled collector)
// without ever holding up whoever has something to say. A thread of its own writes; what it cannot take
// is dropped and counted, and the count is written in its place.
//
// One caller's thread. The destructor writes what is queued for at most 2 s, then leaves the rest.

#include <cstdio>
#include <memory>
#include <string>

namespace takt::daemon {

class LineWriter {
 public:
  static constexpr std::size_t kQueuedMax = 10'000;  // lines

  /// `out` is not owned and must stay open to the end of the process.
  explicit LineWriter(std::FILE* out);
  ~LineWriter();
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  /// Queues a line, newline included.
  void write(std::string line);

 private:
  struct Queue;
  std::shared_ptr<Queue> queue_;
};

}  // namespace takt::daemon
