#include "fleet/schema.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <initializer_list>
#include <map>
#include <string>
#include <utility>

#include "fleet/description.h"
#include "fleet/pretty_json.h"

namespace takt::fleet {
namespace {

namespace json = boost::json;

json::object ref(std::string_view definition) {
  return {{"$ref", fmt::format("#/$defs/{}", definition)}};
}

json::array words_of(const Shape& shape) {
  json::array words;
  for (const std::string_view word : shape.words) words.emplace_back(json::string_view{word});
  return words;
}

json::object limited(std::string_view type, const Shape& shape) {
  const auto limit = [&](double value) {
    if (type == "integer") return json::value(static_cast<std::int64_t>(value));
    return json::value(value);
  };
  return {{"type", json::string_view{type}},
          {"minimum", limit(shape.min)},
          {"maximum", limit(shape.max)}};
}

json::object schema_of(const Shape& shape) {
  switch (shape.kind) {
    case Shape::Kind::duration:
      return ref(shape.min > 0 ? "positive_duration" : "duration");
    case Shape::Kind::size:
      return ref("size");
    case Shape::Kind::integer:
      return limited("integer", shape);
    case Shape::Kind::number:
      return limited("number", shape);
    case Shape::Kind::boolean:
      return {{"type", "boolean"}};
    case Shape::Kind::text:
    case Shape::Kind::path:
      return {{"type", "string"}, {"minLength", 1}};
    case Shape::Kind::word:
      return {{"enum", words_of(shape)}};
    case Shape::Kind::custom:
      break;
  }
  return json::parse(json::string_view{shape.schema}).as_object();
}

/// What no value fits, with the reason for whoever hovers over it.
json::object refused(std::string_view meaning) {
  return {{"description", fmt::format("Not supported yet: {}", meaning)}, {"not", json::object{}}};
}

json::object schema_of(const KeyInfo& key) {
  if (!key.supported) return refused(key.meaning);
  json::object schema{{"description", json::string_view{key.meaning}}};
  for (auto& [name, value] : schema_of(key.shape)) schema[name] = std::move(value);
  return schema;
}

/// Pairs of keys that exclude each other.
json::array exclusions(const KeyNames& keys) {
  json::array pairs;
  for (std::size_t i = 0; i < keys.names().size(); ++i) {
    for (std::size_t j = i + 1; j < keys.names().size(); ++j) {
      const bool both = keys.at(i).supported && keys.at(j).supported;
      if (!both || keys.at(i).choice == Choice::none) continue;
      if (keys.at(i).choice != keys.at(j).choice) continue;
      const json::array pair{json::string_view{keys.at(i).name},
                             json::string_view{keys.at(j).name}};
      pairs.push_back(json::object{{"not", json::object{{"required", pair}}}});
    }
  }
  return pairs;
}

/// One of the keys of each choice that must be made.
json::array obligations(const KeyNames& keys) {
  std::map<Choice, json::array> choices;
  for (std::size_t i = 0; i < keys.names().size(); ++i) {
    const KeyInfo& key = keys.at(i);
    if (!must_be_made(key.choice)) continue;
    choices[key.choice].push_back(
        json::object{{"required", json::array{json::string_view{key.name}}}});
  }
  json::array all;
  for (auto& [choice, ways] : choices) all.push_back(json::object{{"anyOf", std::move(ways)}});
  return all;
}

json::object table_schema(const TableInfo& table) {
  json::object properties;
  json::array required;
  for (const Section& section : table.keys->sections()) {
    for (const KeyInfo* key : section.keys) {
      properties[json::string_view{key->name}] = schema_of(*key);
      const bool of_a_job = table.name == "job";  // it may stand in [defaults]
      if (!of_a_job && key->fallback == "required") {
        required.emplace_back(json::string_view{key->name});
      }
    }
  }
  json::object schema{{"type", "object"},
                      {"description", json::string_view{table.meaning}},
                      {"properties", std::move(properties)},
                      {"additionalProperties", false}};
  if (!required.empty()) schema["required"] = std::move(required);
  json::array rules = exclusions(*table.keys);
  for (json::value& rule : obligations(*table.keys)) rules.push_back(std::move(rule));
  if (!rules.empty()) schema["allOf"] = std::move(rules);
  return schema;
}

json::object string_pattern(std::string_view pattern, std::string_view description) {
  return {{"type", "string"},
          {"description", json::string_view{description}},
          {"pattern", json::string_view{pattern}}};
}

/// Patterns that durations, sizes and names are recognised by; the decoder is a little stricter.
json::object definitions() {
  const std::string one = "([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?";
  const std::string positive = "(?=[0-9a-z]*[1-9])" + one;
  json::object defs;
  defs["name"] = string_pattern(R"(^(?!.*\.\.)(?=.*[a-z])[a-z0-9][a-z0-9_.-]{0,63}$)",
                                "a-z, 0-9, '_', '.' and '-', with at least one letter");
  defs["duration"] = string_pattern("^(?=[0-9])" + one + "$", R"(like "250ms", "5m" or "1h30m")");
  defs["positive_duration"] =
      string_pattern("^" + positive + "$", R"(at least 1ms, like "250ms", "5m" or "1h30m")");
  defs["duration_range"] = string_pattern("^" + positive + R"(\.\.)" + positive + "$",
                                          R"(shortest and longest, like "90m..120m")");
  defs["size"] = {
      {"description", R"(like "512M", or a number of bytes)"},
      {"anyOf", json::array{json::object{{"type", "string"}, {"pattern", "^0*[1-9][0-9]*[KMGT]$"}},
                            json::object{{"type", "integer"}, {"minimum", 1}}}}};
  for (const TableInfo& table : tables()) {
    if (table.place != TableInfo::Place::root) {
      defs[json::string_view{table.name}] = table_schema(table);
    }
  }
  return defs;
}

json::object property_of(const TableInfo& table) {
  if (table.place == TableInfo::Place::family) {
    return {{"type", "object"},
            {"description", json::string_view{table.meaning}},
            {"propertyNames", ref("name")},
            {"additionalProperties", ref(table.name)}};
  }
  if (table.keys == nullptr) {
    return {{"type", "array"},
            {"description", json::string_view{table.meaning}},
            {"items", json::object{{"type", "string"}, {"minLength", 1}}}};
  }
  if (table.name == "defaults") {
    json::object schema = ref("job");
    schema["description"] = json::string_view{table.meaning};
    return schema;
  }
  return table_schema(table);
}

/// Every job needs a `run` or a `builtin`, unless [defaults] has one.
void require_work(json::object& schema) {
  const json::object needs_work{{"anyOf", json::array{json::object{{"required", {"run"}}},
                                                      json::object{{"required", {"builtin"}}}}}};
  schema["if"] = json::object{{"properties", json::object{{"defaults", needs_work}}},
                              {"required", json::array{"defaults"}}};
  schema["else"] = json::object{
      {"properties", json::object{{"job", json::object{{"additionalProperties", needs_work}}}}}};
}

}  // namespace

std::string json_schema() {
  json::object properties;
  for (const TableInfo& table : tables()) {
    if (table.place == TableInfo::Place::nested) continue;
    properties[json::string_view{table.name}] = property_of(table);
  }
  json::object schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                      {"title", "takt fleet file"},
                      {"type", "object"},
                      {"properties", std::move(properties)},
                      {"additionalProperties", false},
                      {"$defs", definitions()}};
  require_work(schema);
  return pretty_json(schema) + "\n";
}

}  // namespace takt::fleet
