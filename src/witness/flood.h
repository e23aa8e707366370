#pragma once
// Flood: so many bytes to stdout or stderr, at once or at a rate, the same ones every time:
//
//   lines       "0 the quick brown fox\n1 the quick brown fox\n..." cut at the size
//   no newline  the alphabet again and again
//   binary      0, 1, 2 ... 255, 0, 1 ...

#include <chrono>
#include <string>

#include "witness/options.h"

namespace takt::witness {

class Flood {
 public:
  explicit Flood(const Output& output) : output_(output) {}

  /// Writes what is due after `elapsed`; when to come again, counted like `elapsed`. A stream that
  /// nobody takes is done.
  std::chrono::nanoseconds pour(std::chrono::nanoseconds elapsed);
  bool is_done() const { return written_ >= output_.bytes; }

 private:
  std::string next_piece();

  Output output_;
  std::int64_t written_ = 0;
  std::int64_t number_ = 0;
  std::string left_;  // of a piece that the size or the rate cut
};

}  // namespace takt::witness
