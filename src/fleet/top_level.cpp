#include "fleet/top_level.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "fleet/description.h"
#include "fleet/quote.h"
#include "fleet/read.h"

namespace takt::fleet {
namespace {

std::string hint_for_unknown(std::string_view name) {
  std::vector<std::string_view> candidates;
  for (const TableInfo& table : tables()) {
    if (find_table(table.name) == &table) candidates.push_back(table.name);
  }
  if (std::string near = did_you_mean(name, candidates); !near.empty()) return near;
  if (fleet_keys().find(name)) return "it belongs into [fleet]";
  if (job_keys().find(name)) return "it belongs into [job.NAME] or [defaults]";
  return {};
}

}  // namespace

void complain_unknown(const toml::key& key, const toml::node& node, Complaints& complaints) {
  if (complaints.is_full()) return complaints.error({}, {});
  complaints.error(
      blamed_position(key, node),
      fmt::format("unknown {} {}", node.is_table() ? "table" : "key", quote_name(key.str())),
      hint_for_unknown(key.str()));
}

const toml::table* as_table(const toml::key& key, const toml::node& node, Complaints& complaints) {
  if (const auto* table = node.as_table()) return table;
  complaints.error(blamed_position(key, node),
                   fmt::format("{} must be a table, not {}", key.str(), found_in(node)));
  return nullptr;
}

TopLevel match_tables(const toml::table& root, Complaints& complaints) {
  TopLevel found;
  for (auto&& [key, node] : root) {
    const TableInfo* info = find_table(key.str());
    if (info == nullptr) {
      complain_unknown(key, node, complaints);
      continue;
    }
    if (info->name == "include") {
      found.include = &node;
      continue;
    }
    const toml::table* table = as_table(key, node, complaints);
    if (info->name == "fleet") found.fleet = table;
    if (info->name == "defaults") found.defaults = table;
    if (info->name == "memory") found.memory = table;
    if (info->name == "pool") found.pool = table;
    if (info->name == "health") found.health = table;
    if (info->name == "notify") found.notify = table;
    if (info->name == "job") found.job = table;
  }
  return found;
}

}  // namespace takt::fleet
