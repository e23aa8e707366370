#include "fleet/pool_names.h"

#include <utility>

namespace takt::fleet {

PoolNames::PoolNames(std::vector<std::string> names)
    : names_(std::move(names)), suggestions_({names_.begin(), names_.end()}) {
  by_name_.reserve(names_.size());
  for (const std::string& name : names_) {
    by_name_.emplace(name, static_cast<core::PoolIndex>(by_name_.size()));
  }
}

std::optional<core::PoolIndex> PoolNames::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return std::nullopt;
  return found->second;
}

std::string PoolNames::hint_for(std::string_view name) {
  if (names_.empty()) return "add a table like [pool.NAME] with its slots";
  return suggestions_.hint_for(name);
}

}  // namespace takt::fleet
