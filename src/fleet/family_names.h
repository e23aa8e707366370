#pragma once
// FamilyNames: the tables of one family of a fleet file by name ([pool.NAME], [health.NAME],
// [notify.NAME]), for the jobs and probes that speak of them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fleet/suggestions.h"

namespace takt::fleet {

class FamilyNames {
 public:
  /// The positions are those in `names`. `when_none`: what to do about any name when there are none.
  FamilyNames(std::vector<std::string> names, std::string_view when_none);
  FamilyNames(FamilyNames&&) = default;
  FamilyNames& operator=(FamilyNames&&) = default;

  std::optional<std::uint32_t> find(std::string_view name) const;
  /// What to do about a name that is none of them.
  std::string hint_for(std::string_view name);

 private:
  std::vector<std::string> names_;
  std::string_view when_none_;
  std::unordered_map<std::string_view, std::uint32_t> by_name_;
  Suggestions suggestions_{{}};
};

}  // namespace takt::fleet
