#pragma once
// PoolNames: the pools of a fleet file by name, for the jobs that use them.

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/pool.h"
#include "fleet/suggestions.h"

namespace takt::fleet {

class PoolNames {
 public:
  PoolNames() = default;
  /// The positions are those in `names`.
  explicit PoolNames(std::vector<std::string> names);
  PoolNames(PoolNames&&) = default;
  PoolNames& operator=(PoolNames&&) = default;

  std::optional<core::PoolIndex> find(std::string_view name) const;
  /// What to do about a name that is no pool's.
  std::string hint_for(std::string_view name);

 private:
  std::vector<std::string> names_;
  std::unordered_map<std::string_view, core::PoolIndex> by_name_;
  Suggestions suggestions_{{}};
};

}  // namespace takt::fleet
