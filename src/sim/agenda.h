#pragma once
// Agenda: what is going to happen in the modelled world, earliest first; what was entered first
// comes first among equals, so that a seed replays exactly.

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/time.h"

namespace takt::sim {

template <class What>
class Agenda {
 public:
  struct Entry {
    Instant at;
    std::uint64_t order;
    What what;
  };

  void enter(Instant at, What what) {
    heap_.push_back({at, ++entered_, std::move(what)});
    std::ranges::push_heap(heap_, is_later);
  }

  /// Instant::max() when nothing is going to happen.
  Instant next() const { return heap_.empty() ? Instant::max() : heap_.front().at; }

  /// The earliest entry, taken out. The agenda must not be empty.
  Entry pop() {
    std::ranges::pop_heap(heap_, is_later);
    Entry first = std::move(heap_.back());
    heap_.pop_back();
    return first;
  }

  /// Moves every entry that `chosen` says yes to by `by`.
  template <class Chosen>
  void delay(Duration by, Chosen chosen) {
    for (Entry& entry : heap_) {
      if (chosen(entry.what)) entry.at += by;
    }
    std::ranges::make_heap(heap_, is_later);
  }

 private:
  static bool is_later(const Entry& a, const Entry& b) {
    return a.at != b.at ? a.at > b.at : a.order > b.order;
  }

  std::vector<Entry> heap_;
  std::uint64_t entered_ = 0;
};

}  // namespace takt::sim
