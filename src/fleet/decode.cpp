// decode: the tables at the top of the file, each handed to the part that knows its keys.

#include <fmt/format.h>
#include <malloc.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "fleet/description.h"
#include "fleet/job.h"
#include "fleet/load.h"
#include "fleet/names.h"
#include "fleet/quote.h"
#include "fleet/syntax.h"
#include "fleet/table_keys.h"

namespace takt::fleet {
namespace {

/// From here on the tree of a file is worth giving back to the system at once.
constexpr std::size_t kLargeText = 1 << 20;

std::string folder_of(const std::filesystem::path& path) {
  std::error_code error;
  const auto absolute = std::filesystem::absolute(path, error);
  return absolute_path("/", (error ? path : absolute).parent_path().string());
}

std::string name_of(const std::filesystem::path& path) {
  std::string name = path.filename().string();
  if (name.ends_with(".toml")) name.resize(name.size() - std::string_view{".toml"}.size());
  return as_name(name, "fleet");
}

/// Known tables of the file, as found. Null: not there, or not a table and complained about.
struct TopLevel {
  const toml::table* fleet = nullptr;
  const toml::table* defaults = nullptr;
  const toml::table* job = nullptr;
};

/// A family is refused once for each of its members, anything else once.
void refuse_unsupported(const toml::key& key, const toml::node& node, const TableInfo& info,
                        Complaints& complaints) {
  const auto* table = node.as_table();
  if (info.place == TableInfo::Place::family && table != nullptr && !table->empty()) {
    for (auto&& [member, value] : *table) {
      complaints.error(blamed_position(member, value),
                       fmt::format("{}.{} is not supported yet", info.name,
                                   escape(member.str(), kQuotedColumns)));
    }
    return;
  }
  complaints.error(blamed_position(key, node), fmt::format("{} is not supported yet", info.name));
}

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
    } else if (!info->supported) {
      refuse_unsupported(key, node, *info, complaints);
    } else {
      const toml::table* table = as_table(key, node, complaints);
      if (info->name == "fleet") found.fleet = table;
      if (info->name == "defaults") found.defaults = table;
      if (info->name == "job") found.job = table;
    }
  }
  return found;
}

core::FleetSpec decode_tables(const TopLevel& top, const std::filesystem::path& path,
                              Positions& where, Complaints& complaints) {
  FleetDraft draft;
  draft.folder = folder_of(path);
  draft.spec.name = name_of(path);
  if (top.fleet != nullptr) {
    const auto entries = match_keys(*top.fleet, fleet_keys(), "[fleet]", complaints);
    decode_entries(entries, fleet_keys(), "", draft, complaints);
  }
  if (draft.spec.state_dir.empty()) {
    draft.spec.state_dir = absolute_path(draft.folder, "state/" + draft.spec.name);
  }
  JobDraft defaults = empty_job_draft(draft.folder);
  if (top.defaults != nullptr) decode_defaults(*top.defaults, defaults, where, complaints);
  if (top.job != nullptr) {
    draft.spec.jobs = decode_jobs(*top.job, defaults, where, complaints);
  }
  return std::move(draft.spec);
}

/// The spec when there were no errors. The tree is gone when this returns.
std::optional<core::FleetSpec> decode_source(const Source& source,
                                             const std::filesystem::path& path, Loaded& loaded,
                                             Complaints& complaints) {
  const auto root = parse_toml(source, complaints);
  if (!root) return std::nullopt;
  const TopLevel top = match_tables(*root, complaints);
  core::FleetSpec spec = decode_tables(top, path, loaded.where, complaints);
  loaded.state_dir = spec.state_dir;
  if (complaints.has_errors()) return std::nullopt;
  if (spec.jobs.empty()) {
    complaints.warning({1, 1}, "the fleet has no jobs", R"(add a table like [job.hello])");
  }
  return spec;
}

}  // namespace

Loaded decode(std::string_view text, const std::filesystem::path& path) {
  auto source = std::make_shared<const Source>(path.string(), text);
  Loaded loaded;
  loaded.where = Positions{source};
  Complaints complaints{source};
  loaded.spec = decode_source(*source, path, loaded, complaints);
  loaded.problems = complaints.take();
  if (text.size() > kLargeText) malloc_trim(0);
  return loaded;
}

}  // namespace takt::fleet
