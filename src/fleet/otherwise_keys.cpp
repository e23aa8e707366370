// `otherwise` of a probe: what is done when it fails.
//
//   otherwise = { run = "plan", priority = "P0", event = "warning" }    two remedies
//   otherwise = [{ event = "info" }, { command = "./mend" }]            likewise, a list
//
// Remedies are kept in the order of the file, within a table that of its keys.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "fleet/checks.h"
#include "fleet/command_key.h"
#include "fleet/description.h"
#include "fleet/quote.h"
#include "fleet/table_keys.h"

namespace takt::fleet {
namespace {

void add(core::Remedy remedy, Position at, OtherwiseDraft& draft) {
  draft.probe->spec.otherwise.push_back(std::move(remedy));
  draft.probe->places.otherwise.push_back(at);
}

void decode_run(const Item& item, OtherwiseDraft& draft, Complaints& complaints) {
  ++draft.actions;
  draft.has_run = true;
  const auto* name = item.node->as_string();
  if (name == nullptr) return complain_type(item, item.shape->expected, complaints);
  FleetDraft& fleet = *draft.probe->check->fleet;
  draft.run = draft.probe->spec.otherwise.size();
  draft.mention = fleet.mentions.size();
  fleet.mentions.push_back({.job = name->get(),
                            .at = item.at,
                            .check = fleet.spec.health.size(),
                            .runs = true,
                            .params = {}});
  add(core::RunJob{.job = name->get(), .params = {}}, item.at, draft);
}

void note_of_run(const Item& item, OtherwiseDraft& draft) {
  if (draft.belongs_to_run) return;
  draft.belongs_to_run = item.key_at;
  draft.first_of_run = item.label;
}

void decode_priority(const Item& item, OtherwiseDraft& draft, Complaints& complaints) {
  note_of_run(item, draft);
  if (const auto word = read_word(item, complaints)) {
    draft.priority = static_cast<core::Priority>(*word);
  }
}

/// As the job receives it: whether it fits is for whoever knows the job.
std::optional<std::string> spell(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* integer = node.as_integer()) return fmt::format("{}", integer->get());
  if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
  if (const auto* boolean = node.as_boolean()) return boolean->get() ? "true" : "false";
  return std::nullopt;
}

void decode_params(const Item& item, OtherwiseDraft& draft, Complaints& complaints) {
  note_of_run(item, draft);
  const auto* table = item.node->as_table();
  if (table == nullptr) return complain_type(item, item.shape->expected, complaints);
  for (auto&& [key, node] : *table) {
    const Item one{item.label + "." + escape(key.str(), kQuotedColumns), item.shape, &node,
                   position_of(key), position_of(node)};
    if (auto value = spell(node)) {
      draft.params.push_back({std::string{key.str()}, *std::move(value), one.key_at, one.at});
    } else {
      complain_type(one, "a string, a number, true or false", complaints);
    }
  }
}

void decode_remedy_sql(const Item& item, OtherwiseDraft& draft, Complaints& complaints) {
  ++draft.actions;
  draft.probe->check->sql_at.push_back(item.at);
  if (auto text = read_text(item, complaints)) {
    add(core::RunSql{*std::move(text)}, item.at, draft);
  }
}

void decode_remedy_command(const Item& item, OtherwiseDraft& draft, Complaints& complaints) {
  ++draft.actions;
  const std::string& folder = draft.probe->check->fleet->folder;
  if (auto command = read_command_in(folder, item, complaints)) {
    add(core::RunCommand{std::move(command)}, item.at, draft);
  }
}

void decode_event(const Item& item, OtherwiseDraft& draft, Complaints& complaints) {
  ++draft.actions;
  if (const auto word = read_word(item, complaints)) {
    add(core::TellEvent{static_cast<core::Severity>(*word)}, item.at, draft);
  }
}

constexpr auto kParamsSchema =
    R"({"type": "object", "propertyNames": {"pattern": "^[a-z][a-z0-9_]{0,63}$"},
        "additionalProperties": {"type": ["string", "number", "boolean"]}})";

constexpr std::array<Key<OtherwiseDraft>, 6> kOtherwise{{
    {{"run", shape::custom("name", "the name of a job", R"({"$ref": "#/$defs/name"})"), "none",
      "a run of this job; one that is under way is joined, and has this priority from then on"},
     decode_run},
    {{"priority", shape::word<core::Priority>(), "P0", "of run"}, decode_priority},
    {{"params", shape::custom("table", R"(a table like { count = 3 })", kParamsSchema), "{}",
      "parameters of run"},
     decode_params},
    {{"sql", shape::kText, "none",
      "a statement on the check's database, which is opened for writing for it alone; :now as in "
      "a probe"},
     decode_remedy_sql},
    {{"command", shape::kCommand, "none", "a program, in the file's folder"},
     decode_remedy_command},
    {{"event", shape::word<core::Severity>(), "none", "only says so, as an event"}, decode_event},
}};

void finish(const Item& item, OtherwiseDraft& draft, Complaints& complaints) {
  if (draft.belongs_to_run && !draft.has_run && draft.actions > 0) {
    complaints.error(*draft.belongs_to_run,
                     fmt::format("{} is for run, which is not there", draft.first_of_run),
                     "add run, or leave it out");
  }
  if (draft.actions == 0) {
    complaints.error(item.at, fmt::format("{} does nothing", item.label),
                     "add one or more of run, sql, command and event");
  }
  if (!draft.run) return;
  auto& run = std::get<core::RunJob>(draft.probe->spec.otherwise[*draft.run]);
  if (draft.priority) run.priority = *draft.priority;
  for (const JobMention::Param& param : draft.params) {
    run.params.emplace_back(param.name, param.value);
  }
  draft.probe->check->fleet->mentions[*draft.mention].params = std::move(draft.params);
}

void decode_table(const Item& item, ProbeDraft& probe, Complaints& complaints) {
  OtherwiseDraft draft;
  draft.probe = &probe;
  auto entries = match_keys(*item.node->as_table(), otherwise_keys(), "otherwise", complaints);
  std::ranges::sort(entries, {}, [](const Entry& entry) { return position_of(*entry.key); });
  decode_entries(entries, otherwise_keys(), "otherwise.", draft, complaints);
  finish(item, draft, complaints);
}

}  // namespace

void decode_otherwise(const Item& item, ProbeDraft& draft, Complaints& complaints) {
  if (item.node->is_table()) return decode_table(item, draft, complaints);
  const auto* list = item.node->as_array();
  if (list == nullptr) return complain_type(item, item.shape->expected, complaints);
  for (const toml::node& node : *list) {
    const Item one{"each entry of otherwise", item.shape, &node, item.key_at, position_of(node)};
    if (node.is_table()) {
      decode_table(one, draft, complaints);
    } else {
      complain_type(one, R"(a table like { run = "job" })", complaints);
    }
  }
}

const KeyTable<OtherwiseDraft>& otherwise_keys() {
  static const KeyTable<OtherwiseDraft> keys{{section<OtherwiseDraft>("", kOtherwise)}};
  return keys;
}

}  // namespace takt::fleet
