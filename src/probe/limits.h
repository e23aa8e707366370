#pragma once
// Limits: until when one measurement may take, and who may end it sooner. Machine time, since the
// services that are asked live in it too.
// Private to this folder.

#include <chrono>
#include <memory>

#include "base/time.h"
#include "net/cancel.h"

namespace takt::probe {

struct Limits {
  using Clock = std::chrono::steady_clock;

  Clock::time_point until;
  Duration wanted;  // as it stands in the fleet file, for words
  std::shared_ptr<net::Cancel> cancel;

  /// From now on; never below zero, and rounded up, so that zero means that it is over.
  Duration left() const {
    const auto left = std::chrono::ceil<Duration>(until - Clock::now());
    return left > Duration{0} ? left : Duration{0};
  }
  bool over() const { return cancel->is_set() || left() == Duration{0}; }
  /// Why it is.
  std::string words() const {
    return cancel->is_set() ? "given up" : "no answer within " + format_duration(wanted);
  }
};

}  // namespace takt::probe
