#pragma once
// BeatLines: bytes from the descriptor in TAKT_FD, cut into lines, each a beat (core/beat.h). What
// a job writes there is not to be trusted: a line that never ends is cut, thousands of lines become
// one beat, and nothing of it is kept beyond kLineBytesMax.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/beat.h"

namespace takt::exec {

class BeatLines {
 public:
  static constexpr std::size_t kLineBytesMax = 512;  // the rest of a longer line is thrown away

  void feed(std::string_view bytes);
  /// The descriptor was closed: what is there of a last line counts.
  void finish();

  /// All that was said since the last call, as one beat; nullopt: no line was completed.
  std::optional<core::Beat> take();

 private:
  void end_line();

  std::string line_;
  std::optional<core::Beat> heard_;
};

}  // namespace takt::exec
