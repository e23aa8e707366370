#include "exec/beat_lines.h"

#include <algorithm>
#include <utility>

namespace takt::exec {

void BeatLines::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto end = std::min(bytes.find('\n'), bytes.size());
    line_.append(bytes.substr(0, std::min(end, kLineBytesMax - line_.size())));
    if (end == bytes.size()) return;
    end_line();
    bytes.remove_prefix(end + 1);
  }
}

void BeatLines::finish() {
  if (!line_.empty()) end_line();
}

std::optional<core::Beat> BeatLines::take() { return std::exchange(heard_, std::nullopt); }

void BeatLines::end_line() {
  if (!heard_) heard_.emplace();
  heard_->take(core::parse_beat(line_));
  line_.clear();
}

}  // namespace takt::exec
