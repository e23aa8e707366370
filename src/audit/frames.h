#pragma once
// Frames: wall clock that was stepped, straightened out. Every recorded step begins a new frame;
// the instants of a row are in the frame in which the row was last written. Here they are brought
// onto one line, that of the last frame, so that a grid is even and an hour has sixty minutes.
//
//   frame 0 ──step +1h──▶ frame 1 ──step -30s──▶ frame 2: the line
//           rows of frame 0 are moved by +1h-30s, those of frame 1 by -30s
//
// After a step backwards some wall times belong to two frames. Rows written then are unclear, and
// what depends on their instants is not judged.

#include <vector>

#include "base/time.h"
#include "core/rows.h"

namespace takt::audit {

class Frames {
 public:
  Frames() = default;
  /// The steps among these events, which are in order.
  explicit Frames(const std::vector<core::EventRow>& events);

  struct Shift {
    Duration by{0};
    bool unclear = false;
  };
  /// What to add to the instants of a row that was written at `written`.
  Shift shift_of(WallTime written) const;

  std::size_t steps() const { return steps_.size(); }

 private:
  struct Step {
    WallTime after;  // in the new frame
    Duration by;
  };
  std::vector<Step> steps_;
};

}  // namespace takt::audit
