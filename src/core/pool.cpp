#include "core/pool.h"

#include <algorithm>
#include <charconv>

namespace takt::core {

int PoolSpec::limit_for(Priority priority) const {
  int kept = 0;
  for (std::size_t better = 0; better < static_cast<std::size_t>(priority); ++better) {
    kept += reserve[better];
  }
  return std::max(slots - kept, 0);
}

Uses uses_named(const std::vector<PoolSpec>& pools,
                const std::vector<std::pair<std::string, std::string>>& named) {
  Uses uses;
  for (const auto& [name, units] : named) {
    const auto found = std::ranges::find(pools, name, &PoolSpec::name);
    int weight = 0;
    std::from_chars(units.data(), units.data() + units.size(), weight);
    if (found == pools.end() || weight < 1) continue;
    uses.push_back({static_cast<PoolIndex>(found - pools.begin()), weight});
  }
  std::ranges::sort(uses);
  return uses;
}

}  // namespace takt::core
