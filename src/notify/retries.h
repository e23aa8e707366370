#pragma once
// When a message that could not be delivered is tried again.
//
//   try that failed    1     2     3     4      5
//   wait               1 s   4 s   16 s  60 s   none: given up
//
// Who is overloaded may ask for a longer wait (Retry-After), within reason: a notice of yesterday helps
// nobody. Wall time. Pure.

#include <optional>
#include <vector>

#include "base/time.h"

namespace takt::notify {

struct Retries {
  std::vector<Duration> waits{std::chrono::seconds{1}, std::chrono::seconds{4},
                              std::chrono::seconds{16}, std::chrono::seconds{60}};
  Duration retry_after_max = std::chrono::minutes{5};
};

/// Wait after failed try number `failed` (counted from 1); nullopt: there is no other.
std::optional<Duration> wait_after(const Retries& retries, int failed,
                                   std::optional<Duration> retry_after);

}  // namespace takt::notify
