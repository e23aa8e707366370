#include "store/gate_json.h"

#include <boost/json.hpp>
#include <optional>

namespace takt::store {
namespace {

namespace json = boost::json;

json::value to_json(const core::Gate& gate) {
  json::array holders;
  for (const core::Holder& holder : gate.holders) {
    holders.push_back({{"job", holder.job}, {"run", holder.run.value}});
  }
  json::object object;
  object["gate"] = json::string_view(word(gate.gate));
  object["answer"] = json::string_view(word(gate.answer));
  object["value"] = gate.value;
  object["limit"] = gate.limit;
  object["holders"] = std::move(holders);
  object["until"] = gate.until ? json::value(format_rfc3339(*gate.until)) : json::value(nullptr);
  object["text"] = gate.text;
  return object;
}

std::optional<json::value> parse(std::string_view text) {
  json::parse_options options;
  options.allow_invalid_utf8 = true;
  json::error_code error;
  json::value value = json::parse(text, error, {}, options);
  if (error) return std::nullopt;
  return value;
}

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::vector<core::Holder> holders_of(const json::object& object) {
  std::vector<core::Holder> holders;
  const json::value* list = object.if_contains("holders");
  if (list == nullptr || !list->is_array()) return holders;
  for (const json::value& item : list->get_array()) {
    if (!item.is_object()) continue;
    const json::value* run = item.get_object().if_contains("run");
    if (run == nullptr || !run->is_int64()) continue;
    holders.push_back({text_of(item.get_object(), "job"), RunId{run->get_int64()}});
  }
  return holders;
}

std::optional<core::Gate> gate_of(const json::value& value) {
  if (!value.is_object()) return std::nullopt;
  const json::object& object = value.get_object();
  const auto name = from_word<core::GateName>(text_of(object, "gate"));
  const auto answer = from_word<core::GateAnswer>(text_of(object, "answer"));
  if (!name || !answer) return std::nullopt;
  core::Gate gate{.gate = *name, .answer = *answer};
  gate.value = text_of(object, "value");
  gate.limit = text_of(object, "limit");
  gate.holders = holders_of(object);
  gate.until = parse_rfc3339(text_of(object, "until"));
  gate.text = text_of(object, "text");
  return gate;
}

}  // namespace

std::string gates_to_json(const core::Gates& gates) {
  json::array array;
  for (const core::Gate& gate : gates) array.push_back(to_json(gate));
  return json::serialize(array);
}

core::Gates gates_from_json(std::string_view text) {
  core::Gates gates;
  const auto value = parse(text);
  if (!value || !value->is_array()) return gates;
  for (const json::value& item : value->get_array()) {
    if (auto gate = gate_of(item)) gates.push_back(std::move(*gate));
  }
  return gates;
}

std::string pairs_to_json(const Pairs& pairs) {
  json::object object;
  for (const auto& [name, value] : pairs) object[name] = value;
  return json::serialize(object);
}

Pairs pairs_from_json(std::string_view text) {
  Pairs pairs;
  const auto value = parse(text);
  if (!value || !value->is_object()) return pairs;
  for (const auto& member : value->get_object()) {
    if (!member.value().is_string()) continue;
    pairs.emplace_back(std::string(member.key()), std::string(member.value().get_string()));
  }
  return pairs;
}

}  // namespace takt::store
