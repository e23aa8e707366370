#pragma once
// Spans: stretches of time in which something was so, merged, and the question whether slots lie in
// them.

#include <algorithm>
#include <optional>
#include <vector>

#include "base/time.h"

namespace takt::audit {

struct Span {
  WallTime from;
  WallTime to;
};

class Spans {
 public:
  void add(WallTime from, WallTime to) {
    if (from <= to) list_.push_back({from, to});
  }

  /// Sorted and merged; to be called once, after the last add().
  void close() {
    std::ranges::sort(list_, {}, &Span::from);
    std::vector<Span> merged;
    for (const Span& span : list_) {
      if (merged.empty() || span.from > merged.back().to) {
        merged.push_back(span);
      } else {
        merged.back().to = std::max(merged.back().to, span.to);
      }
    }
    list_ = std::move(merged);
  }

  /// Whether any part of from..to lies in a span.
  bool touches(WallTime from, WallTime to) const {
    const auto after = std::ranges::upper_bound(list_, to, {}, &Span::from);
    return after != list_.begin() && std::prev(after)->to >= from;
  }

  bool empty() const { return list_.empty(); }

 private:
  std::vector<Span> list_;
};

}  // namespace takt::audit
