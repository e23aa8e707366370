// The keys of a health check.

#include <fmt/format.h>

#include <array>
#include <utility>

#include "fleet/checks.h"
#include "fleet/description.h"
#include "fleet/members.h"
#include "fleet/quote.h"
#include "fleet/table_keys.h"
#include "fleet/url_key.h"

namespace takt::fleet {
namespace {

bool is_postgres(std::string_view text) {
  return text.starts_with("postgres://") || text.starts_with("postgresql://");
}

void decode_database(const Item& item, CheckDraft& draft, Complaints& complaints) {
  draft.has_database = true;
  draft.places.database = item.at;
  const auto* text = item.node->as_string();
  if (text == nullptr) return complain_type(item, item.shape->expected, complaints);
  if (!has_scheme(text->get())) {
    if (const auto path = read_path(item, complaints)) {
      draft.spec.database = absolute_path(draft.fleet->folder, *path);
    }
    return;
  }
  if (!is_postgres(text->get())) {
    return complaints.error(item.at,
                            fmt::format("{} must be {}, not {}", item.label, item.shape->expected,
                                        quote_value(without_password(text->get()))));
  }
  if (auto url = read_text(item, complaints)) draft.spec.database = *std::move(url);
}

constexpr auto kProbesSchema =
    R"({"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/probe"}})";

constexpr std::array<Key<CheckDraft>, 2> kCheck{{
    {{"database",
      shape::custom("path or URL", "the path of a SQLite file or a postgres:// URL",
                    R"({"type": "string", "minLength": 1})"),
      "none",
      "what sql is asked of: a SQLite file, relative to the file's folder, or a postgres:// URL; "
      "opened for reading only, but for the sql of a remedy"},
     decode_database},
    {{"probe", shape::custom("list of tables", "a list of tables", kProbesSchema), "required",
      "what is measured, in this order: [[health.NAME.probe]]"},
     decode_probes},
}};

void blame_sql_without_database(const CheckDraft& draft, Complaints& complaints) {
  if (draft.has_database) return;
  const std::string name = escape(draft.spec.name, kQuotedColumns);
  for (const Position at : draft.sql_at) {
    complaints.error(
        at, fmt::format("health check '{}' has no database for this sql", name),
        fmt::format("add database = \"FILE\" or a postgres:// URL to [health.{}]", name));
  }
}

core::HealthSpec decode_check(const Member& check, FleetDraft& fleet, Complaints& complaints) {
  CheckDraft draft;
  draft.fleet = &fleet;
  draft.spec.name = check.key->str();
  draft.places.header = check.at;
  if (const auto* table = table_of(check, "health", "health check", complaints)) {
    const auto entries = match_keys(*table, check_keys(), header_of(check, "health"), complaints);
    decode_entries(entries, check_keys(), "", draft, complaints);
    if (!draft.has_probe) {
      complaints.error(
          check.at, fmt::format("health check {} has no probe", quote_name(draft.spec.name)),
          fmt::format("add a table [[health.{}.probe]]", escape(draft.spec.name, kQuotedColumns)));
    }
    blame_sql_without_database(draft, complaints);
  }
  fleet.check_places.push_back(std::move(draft.places));
  return std::move(draft.spec);
}

}  // namespace

void decode_checks(const toml::table& checks, FleetDraft& draft, Complaints& complaints) {
  std::vector<std::string> names;
  for (const Member& check : in_file_order(checks)) {
    names.emplace_back(check.key->str());
    draft.spec.health.push_back(decode_check(check, draft, complaints));
  }
  draft.checks = FamilyNames{std::move(names), kNoChecks};
}

const KeyTable<CheckDraft>& check_keys() {
  static const KeyTable<CheckDraft> keys{{section<CheckDraft>("", kCheck)}};
  return keys;
}

}  // namespace takt::fleet
