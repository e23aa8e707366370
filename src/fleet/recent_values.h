#pragma once
// RecentValues: equal parts of jobs are one object. In a fleet of 100,000 jobs nearly all are launched
// alike, and a Command takes more room than the rest of a job. Only the last few different ones are
// looked through, so that a fleet of all different ones costs no more than it has to.
//
//   RecentValues<std::shared_ptr<const core::Command>>    RecentValues<core::SharedValue<core::Uses>>

#include <concepts>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace takt::fleet {

/// `Handle` points to a constant value that its copies share.
template <class Handle>
class RecentValues {
 public:
  using Value = std::remove_cvref_t<decltype(*std::declval<Handle>())>;

  /// The value, as one that was shared before where an equal one was.
  Handle share(Value&& value) {
    for (const Handle& known : recent_) {
      if (*known == value) return known;
    }
    Handle fresh = make(std::move(value));
    if (recent_.size() < kRemembered) {
      recent_.push_back(fresh);
    } else {
      recent_[next_] = fresh;
      next_ = (next_ + 1) % kRemembered;
    }
    return fresh;
  }

 private:
  static constexpr std::size_t kRemembered = 16;

  static Handle make(Value&& value) {
    if constexpr (std::constructible_from<Handle, Value>) {
      return Handle{std::move(value)};
    } else {
      return std::make_shared<const Value>(std::move(value));
    }
  }

  std::vector<Handle> recent_;  // a ring
  std::size_t next_ = 0;
};

}  // namespace takt::fleet
