// The keys of a probe: its name, what is measured, what that should be, and what is done when it is
// not.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include "fleet/checks.h"
#include "fleet/command_key.h"
#include "fleet/description.h"
#include "fleet/names.h"
#include "fleet/quote.h"
#include "fleet/table_keys.h"

namespace takt::fleet {
namespace {

using core::ProbeSpec;

void decode_name(const Item& item, ProbeDraft& draft, Complaints& complaints) {
  draft.has_name = true;
  const auto* name = item.node->as_string();
  if (name == nullptr) return complain_type(item, item.shape->expected, complaints);
  draft.spec.name = name->get();
  draft.name_at = item.at;
  if (const auto valid = valid_name(name->get()); !valid) {
    complaints.error(
        item.at, fmt::format("the probe's name {} {}", quote_value(name->get()), valid.error()));
  }
}

void decode_timeout(const Item& item, ProbeDraft& draft, Complaints& complaints) {
  draft.timeout_at = item.key_at;
  store_duration<&ProbeSpec::timeout>(item, draft, complaints);
}

void decode_cooldown(const Item& item, ProbeDraft& draft, Complaints& complaints) {
  draft.cooldown_at = item.key_at;
  store_duration<&ProbeSpec::cooldown>(item, draft, complaints);
}

constexpr auto kNameSchema = R"({"$ref": "#/$defs/name"})";
constexpr auto kUrlOrTableSchema =
    R"({"anyOf": [{"type": "string", "minLength": 1}, {"$ref": "#/$defs/http"}]})";
constexpr auto kNameOrTableSchema =
    R"({"anyOf": [{"$ref": "#/$defs/name"}, {"$ref": "#/$defs/pool_probe"}]})";
constexpr auto kOtherwiseSchema =
    R"({"anyOf": [{"$ref": "#/$defs/otherwise"},
        {"type": "array", "items": {"$ref": "#/$defs/otherwise"}}]})";

constexpr Shape kLimit =
    shape::custom("number or duration", R"(a number, or a duration like "14d")",
                  R"({"anyOf": [{"type": "number"}, {"$ref": "#/$defs/duration"}]})");

constexpr KeyInfo measured(std::string_view name, Shape shape, std::string_view meaning) {
  return {.name = name,
          .shape = shape,
          .fallback = "one of the seven",
          .meaning = meaning,
          .choice = Choice::probe};
}

constexpr KeyInfo wanted(std::string_view name, Shape shape, std::string_view meaning) {
  return {.name = name,
          .shape = shape,
          .fallback = "one of the five",
          .meaning = meaning,
          .choice = Choice::condition};
}

constexpr std::array<Key<ProbeDraft>, 1> kName{{
    {{"name", shape::custom("name", "a name", kNameSchema), "required", "unique within the check"},
     decode_name},
}};

constexpr std::array<Key<ProbeDraft>, 7> kMeasured{{
    {measured("sql", shape::kText,
              "the first column of the first row; :now is fleet time in unix seconds"),
     decode_sql},
    {measured(
         "job", shape::custom("name", "the name of a job", kNameSchema),
         "a job: fresh is about its last success, at_least and at_most about its failures in a "
         "row, equals about its last outcome"),
     decode_job},
    {measured("command", shape::kCommand,
              "a program, in the file's folder: succeeds is about its exit code, the others about "
              "the first line that it prints"),
     decode_command},
    {measured(
         "http",
         shape::custom("URL or table", R"(a URL, or a table like { url = "https://example.org" })",
                       kUrlOrTableSchema),
         "a GET: succeeds is about the status, the others about the body"),
     decode_http},
    {measured("file", shape::kPath,
              "a file: fresh is about when it was written, succeeds about its being there, the "
              "others about its size in bytes"),
     decode_file},
    {measured("pool",
              shape::custom("name or table",
                            R"(the name of a pool, or a table like { pool = "x", of = "free" })",
                            kNameOrTableSchema),
              "slots of a pool in use"),
     decode_pool},
    {measured("memory", shape::custom("true", "true", R"({"const": true})"),
              "memory in use, in percent"),
     decode_memory},
}};

constexpr std::array<Key<ProbeDraft>, 5> kWanted{{
    {wanted("fresh", shape::kPositiveDuration, "a time at most this long ago"), decode_fresh},
    {wanted("at_least", kLimit, "a number, or for a certificate also a duration"), decode_at_least},
    {wanted("at_most", kLimit, "likewise"), decode_at_most},
    {wanted("equals",
            shape::custom("number, string or boolean", "a number, a string, true or false",
                          R"({"type": ["number", "string", "boolean"]})"),
            "numbers are compared as numbers, anything else as text"),
     decode_equals},
    {wanted("succeeds", shape::kBoolean, "true: it works; false: it does not"), decode_succeeds},
}};

constexpr std::array<Key<ProbeDraft>, 4> kRest{{
    {{"for", shape::kDuration, "0s", "it fails once the condition has not held for this long"},
     store_duration<&ProbeSpec::lasting>},
    {{"timeout", shape::kPositiveDuration, "10s",
      "of sql, command and http; what takes longer is unknown, and with succeeds of http a "
      "failure"},
     decode_timeout},
    {{"otherwise",
      shape::custom("table or list of tables", R"(a table like { run = "job" }, or a list of them)",
                    kOtherwiseSchema),
      "[]", "what is done when it fails, in this order"},
     decode_otherwise},
    {{"cooldown", shape::kPositiveDuration, "the check's interval",
      "least time between two rounds of otherwise"},
     decode_cooldown},
}};

void blame_what_is_missing(const ProbeDraft& draft, Position at, Complaints& complaints) {
  if (!draft.has_name) {
    complaints.error(at, "a probe has no name", R"(add name = "...", unique within the check)");
  }
  if (draft.measures == 0) {
    complaints.error(at, "a probe measures nothing",
                     "add one of sql, job, command, http, file, pool and memory");
  }
  if (draft.conditions == 0) {
    complaints.error(at, "a probe has no condition",
                     "add one of fresh, at_least, at_most, equals and succeeds");
  }
}

void blame_what_makes_no_sense(const ProbeDraft& draft, Complaints& complaints) {
  if (draft.is_measurable && draft.is_judgeable && draft.measures == 1 && draft.conditions == 1) {
    if (std::string wrong = judge_sense(draft); !wrong.empty()) {
      complaints.error(draft.places.condition, std::move(wrong));
    }
  }
  const bool is_known_at_once = std::holds_alternative<core::JobProbe>(draft.spec.of) ||
                                std::holds_alternative<core::PoolProbe>(draft.spec.of) ||
                                std::holds_alternative<core::MemoryProbe>(draft.spec.of);
  if (draft.timeout_at && draft.is_measurable && is_known_at_once) {
    complaints.warning(*draft.timeout_at, "timeout changes nothing: takt knows this at once",
                       "leave it out");
  }
  if (draft.cooldown_at && draft.spec.otherwise.empty()) {
    complaints.warning(*draft.cooldown_at, "cooldown changes nothing: there is no otherwise",
                       "leave it out");
  }
}

ProbeDraft decode_probe(const Item& entry, CheckDraft& check, Complaints& complaints) {
  ProbeDraft draft;
  draft.check = &check;
  const std::string header =
      fmt::format("[[health.{}.probe]]", escape(check.spec.name, kQuotedColumns));
  const auto entries = match_keys(*entry.node->as_table(), probe_keys(), header, complaints);
  decode_entries(entries, probe_keys(), "probe.", draft, complaints);
  blame_what_is_missing(draft, entry.at, complaints);
  blame_what_makes_no_sense(draft, complaints);
  return draft;
}

}  // namespace

void decode_probes(const Item& item, CheckDraft& check, Complaints& complaints) {
  check.has_probe = true;
  const auto* list = item.node->as_array();
  if (list == nullptr) {
    return complaints.error(
        item.at, fmt::format("probe must be a list of tables, not {}", found_in(*item.node)),
        fmt::format("write [[health.{}.probe]]", escape(check.spec.name, kQuotedColumns)));
  }
  if (list->empty()) check.has_probe = false;
  std::unordered_set<std::string> named;
  for (const toml::node& node : *list) {
    const Item entry{"each probe", item.shape, &node, item.key_at, position_of(node)};
    if (!node.is_table()) {
      complain_type(entry, "a table", complaints);
      continue;
    }
    ProbeDraft probe = decode_probe(entry, check, complaints);
    if (probe.name_at && !named.insert(probe.spec.name).second) {
      complaints.error(*probe.name_at,
                       fmt::format("the probe {} is there twice", quote_name(probe.spec.name)),
                       "names are unique within a check");
    }
    check.spec.probes.push_back(std::move(probe.spec));
    check.places.probes.push_back(std::move(probe.places));
  }
}

const KeyTable<ProbeDraft>& probe_keys() {
  static const KeyTable<ProbeDraft> keys{{section<ProbeDraft>("", kName),
                                          section<ProbeDraft>("What is measured", kMeasured),
                                          section<ProbeDraft>("What it should be", kWanted),
                                          section<ProbeDraft>("When it is not", kRest)}};
  return keys;
}

}  // namespace takt::fleet
