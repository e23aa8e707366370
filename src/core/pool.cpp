#include "core/pool.h"

#include <algorithm>

namespace takt::core {

int PoolSpec::limit_for(Priority priority) const {
  int kept = 0;
  for (std::size_t better = 0; better < static_cast<std::size_t>(priority); ++better) {
    kept += reserve[better];
  }
  return std::max(slots - kept, 0);
}

const std::shared_ptr<const Uses>& no_uses() {
  static const auto none = std::make_shared<const Uses>();
  return none;
}

}  // namespace takt::core
