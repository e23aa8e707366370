#include "fleet/members.h"

#include <fmt/format.h>

#include <algorithm>

#include "fleet/names.h"
#include "fleet/quote.h"
#include "fleet/read.h"

namespace takt::fleet {

std::vector<Member> in_file_order(const toml::table& family) {
  std::vector<Member> members;
  members.reserve(family.size());
  for (auto&& [key, node] : family) members.push_back({blamed_position(key, node), &key, &node});
  std::ranges::stable_sort(members, {}, &Member::at);
  return members;
}

std::string header_of(const Member& member, std::string_view family) {
  return fmt::format("[{}.{}]", family, escape(member.key->str(), kQuotedColumns));
}

const toml::table* table_of(const Member& member, std::string_view family, std::string_view called,
                            Complaints& complaints) {
  const std::string_view name = member.key->str();
  if (const auto valid = valid_name(name); !valid) {
    complaints.error(position_of(*member.key),
                     fmt::format("the {}'s name {} {}", called, quote_name(name), valid.error()));
  }
  const auto* table = member.node->as_table();
  if (table == nullptr) {
    complaints.error(member.at,
                     fmt::format("{}.{} must be a table, not {}", family,
                                 escape(name, kQuotedColumns), found_in(*member.node)),
                     fmt::format("write {}", header_of(member, family)));
  }
  return table;
}

}  // namespace takt::fleet
