#include "fleet/members.h"

#include <algorithm>

#include "fleet/read.h"

namespace takt::fleet {

std::vector<Member> in_file_order(const toml::table& family) {
  std::vector<Member> members;
  members.reserve(family.size());
  for (auto&& [key, node] : family) members.push_back({blamed_position(key, node), &key, &node});
  std::ranges::stable_sort(members, {}, &Member::at);
  return members;
}

}  // namespace takt::fleet
