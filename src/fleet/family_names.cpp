#include "fleet/family_names.h"

#include <utility>

namespace takt::fleet {

FamilyNames::FamilyNames(std::vector<std::string> names, std::string_view when_none)
    : names_(std::move(names)),
      when_none_(when_none),
      suggestions_({names_.begin(), names_.end()}) {
  by_name_.reserve(names_.size());
  for (const std::string& name : names_) {
    by_name_.emplace(name, static_cast<std::uint32_t>(by_name_.size()));
  }
}

std::optional<std::uint32_t> FamilyNames::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return std::nullopt;
  return found->second;
}

std::string FamilyNames::hint_for(std::string_view name) {
  if (names_.empty()) return std::string{when_none_};
  return suggestions_.hint_for(name);
}

}  // namespace takt::fleet
