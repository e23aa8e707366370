#include "notify/retries.h"

#include <algorithm>

namespace takt::notify {

std::optional<Duration> wait_after(const Retries& retries, int failed,
                                   std::optional<Duration> retry_after) {
  const auto index = static_cast<std::size_t>(failed - 1);
  if (failed < 1 || index >= retries.waits.size()) return std::nullopt;
  const Duration wanted = std::min(retry_after.value_or(Duration{0}), retries.retry_after_max);
  return std::max(retries.waits[index], wanted);
}

}  // namespace takt::notify
