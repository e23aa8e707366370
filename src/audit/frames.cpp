#include "audit/frames.h"

#include <charconv>

namespace takt::audit {
namespace {

// A step is noticed a moment after it was made.
constexpr Duration kNoticed{1500};

Duration by_of(const core::EventRow& event) {
  std::int64_t by = 0;
  for (const auto& [name, value] : event.data) {
    if (name == "by_ms") std::from_chars(value.data(), value.data() + value.size(), by);
  }
  return Duration{by};
}

}  // namespace

Frames::Frames(const std::vector<core::EventRow>& events) {
  for (const core::EventRow& event : events) {
    if (event.kind == core::EventKind::clock_stepped) steps_.push_back({event.at, by_of(event)});
  }
}

Frames::Shift Frames::shift_of(WallTime written) const {
  if (steps_.empty()) return {};
  Shift found;
  int frames = 0;
  Duration by{0};
  // From the last frame back to the first: frame i lies between step i-1 and step i.
  for (std::size_t i = steps_.size() + 1; i-- > 0;) {
    const bool begun = i == 0 || written >= steps_[i - 1].after - kNoticed;
    const bool not_over =
        i == steps_.size() || written <= steps_[i].after - steps_[i].by + kNoticed;
    if (begun && not_over && (frames == 0 || by != found.by)) {
      if (frames == 0) found.by = by;
      ++frames;
    }
    if (i > 0) by += steps_[i - 1].by;
  }
  found.unclear = frames != 1;
  return found;
}

}  // namespace takt::audit
