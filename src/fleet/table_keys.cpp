#include "fleet/table_keys.h"

#include <fmt/format.h>

#include <array>

#include "fleet/quote.h"

namespace takt::fleet {
namespace {

void blame_later_of(const Entry& one, const Entry& other, Complaints& complaints) {
  const bool swapped = position_of(*other.key) < position_of(*one.key);
  const Entry& earlier = swapped ? other : one;
  const Entry& later = swapped ? one : other;
  if (!later.info->supported) return;  // it is refused already
  complaints.error(
      position_of(*later.key),
      fmt::format("{} and {} exclude each other", later.info->name, earlier.info->name),
      fmt::format("keep one of the two; {} is on line {}", earlier.info->name,
                  position_of(*earlier.key).line));
}

/// Each key of a choice is held against the first one in the file.
void blame_exclusions(const std::vector<Entry>& entries, Complaints& complaints) {
  std::array<const Entry*, kChoices> firsts{};
  const auto first_like = [&](const Entry& entry) -> const Entry*& {
    return firsts[static_cast<std::size_t>(entry.info->choice)];
  };
  for (const Entry& entry : entries) {
    const Entry*& first = first_like(entry);
    if (first == nullptr || position_of(*entry.key) < position_of(*first->key)) first = &entry;
  }
  for (const Entry& entry : entries) {
    const Entry* first = first_like(entry);
    if (entry.info->choice == Choice::none || &entry == first) continue;
    blame_later_of(*first, entry, complaints);
  }
}

}  // namespace

std::vector<Entry> match_keys(const toml::table& table, const KeyNames& keys,
                              const std::string& where, Complaints& complaints) {
  std::vector<Entry> entries;
  for (auto&& [key, node] : table) {
    const auto index = keys.find(key.str());
    if (!index) {
      if (complaints.is_full()) {
        complaints.error({}, {});
        continue;
      }
      complaints.error(blamed_position(key, node),
                       fmt::format("unknown key {} in {}", quote_name(key.str()), where),
                       did_you_mean(key.str(), keys.names()));
      continue;
    }
    const KeyInfo& info = keys.at(*index);
    if (!info.supported) {
      complaints.error(blamed_position(key, node),
                       fmt::format("{} is not supported yet", info.name));
    }
    entries.push_back({*index, &info, &key, &node});
  }
  blame_exclusions(entries, complaints);
  return entries;
}

}  // namespace takt::fleet
