#include "fleet/key.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace takt::fleet {

KeyNames::KeyNames(std::vector<Section> sections) : sections_(std::move(sections)) {
  for (const Section& section : sections_) {
    for (const KeyInfo* key : section.keys) {
      names_.push_back(key->name);
      keys_.push_back(key);
    }
  }
  by_name_.resize(keys_.size());
  std::iota(by_name_.begin(), by_name_.end(), std::size_t{0});
  std::ranges::sort(by_name_, {}, [&](std::size_t index) { return names_[index]; });
}

std::optional<std::size_t> KeyNames::find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(by_name_, name, {},
                                              [&](std::size_t index) { return names_[index]; });
  if (found == by_name_.end() || names_[*found] != name) return std::nullopt;
  return *found;
}

}  // namespace takt::fleet
