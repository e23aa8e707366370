#pragma once
// Agenda: what is going to happen in the modelled world, earliest first; what was entered first
// comes first among equals, so that a seed replays exactly. The heap orders small keys; what they
// stand for lies still beside it until its time comes.

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
    What what;
  };

  void enter(Instant at, What what) {
    std::size_t place = places_.size();
    if (free_.empty()) {
      places_.push_back(std::move(what));
    } else {
      place = free_.back();
      free_.pop_back();
      places_[place] = std::move(what);
    }
    heap_.push_back({at, ++entered_, place});
    std::ranges::push_heap(heap_, is_later);
  }

  /// Instant::max() when nothing is going to happen.
  Instant next() const { return heap_.empty() ? Instant::max() : heap_.front().at; }

  /// The earliest entry, taken out. The agenda must not be empty.
  Entry pop() {
    std::ranges::pop_heap(heap_, is_later);
    const Key first = heap_.back();
    heap_.pop_back();
    free_.push_back(first.place);
    return {first.at, std::move(places_[first.place])};
  }

  /// Moves every entry that `chosen` says yes to by `by`.
  template <class Chosen>
  void delay(Duration by, Chosen chosen) {
    for (Key& key : heap_) {
      if (chosen(places_[key.place])) key.at += by;
    }
    std::ranges::make_heap(heap_, is_later);
  }

 private:
  struct Key {
    Instant at;
    std::uint64_t order;
    std::size_t place;
  };

  static bool is_later(const Key& a, const Key& b) {
    return a.at != b.at ? a.at > b.at : a.order > b.order;
  }

  std::vector<Key> heap_;
  std::vector<What> places_;
  std::vector<std::size_t> free_;
  std::uint64_t entered_ = 0;
};

}  // namespace takt::sim
