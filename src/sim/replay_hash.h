#pragma once
// ReplayHash: one number over every event and every effect of a simulation, in order, every field
// of every row included. Two simulations with equal numbers did the same; the same seed always
// does.

#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "base/time.h"
#include "core/effect.h"
#include "core/event.h"

namespace takt::sim {

class ReplayHash {
 public:
  void add(Instant at, const core::Event& event);
  void add(const core::Effects& effects);
  std::uint64_t value() const { return value_; }

  /// Grows to the largest batch and stays: most of what is appended is one number.
  class Bytes {
   public:
    void append(const void* from, std::size_t size) {
      if (size == 0) return;
      if (size > left_) grow(size);
      std::memcpy(room_.get() + used_, from, size);
      used_ += size;
      left_ -= size;
    }
    std::string_view text() const { return {room_.get(), used_}; }
    void clear() { left_ += std::exchange(used_, 0); }

   private:
    void grow(std::size_t size);

    std::unique_ptr<char[]> room_;
    std::size_t used_ = 0;
    std::size_t left_ = 0;
  };

 private:
  void close();  // folds what was written since the last time into the value

  Bytes bytes_;
  std::uint64_t value_ = 0;
};

}  // namespace takt::sim
