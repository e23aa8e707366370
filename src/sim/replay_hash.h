#pragma once
// ReplayHash: one number over every event and every effect of a simulation, in order, every field
// of every row included. Two simulations with equal numbers did the same; the same seed always
// does.

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/time.h"
#include "core/effect.h"
#include "core/event.h"

namespace takt::sim {

class ReplayHash {
 public:
  void add(Instant at, const core::Event& event);
  void add(const core::Effects& effects);
  std::uint64_t value() const { return value_; }

  /// Grows to the largest batch and stays: most of what is written is one number.
  class Bytes {
   public:
    /// Where the next `size` bytes go; filled_to() says how many of them it became.
    char* room(std::size_t size) {
      if (size > size_ - used_) grow(size);
      return bytes_.get() + used_;
    }
    void filled_to(const char* end) { used_ = static_cast<std::size_t>(end - bytes_.get()); }
    std::string_view text() const { return {bytes_.get(), used_}; }
    void clear() { used_ = 0; }

   private:
    void grow(std::size_t size);

    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
    std::size_t used_ = 0;
  };

 private:
  void close();  // folds what was written since the last time into the value

  Bytes bytes_;
  std::uint64_t value_ = 0;
};

}  // namespace takt::sim
