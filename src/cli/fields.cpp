#include "cli/fields.h"

#include <boost/json/value.hpp>

namespace takt::cli {

namespace json = boost::json;

std::string_view text_field(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) return {};
  const auto& text = value->get_string();
  return {text.data(), text.size()};
}

std::optional<std::int64_t> number_field(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  return value->get_int64();
}

bool flag_field(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

std::optional<WallTime> time_field(const json::object& object, std::string_view key) {
  return parse_rfc3339(text_field(object, key));
}

std::optional<Duration> duration_field(const json::object& object, std::string_view key) {
  const auto number = number_field(object, key);
  if (!number) return std::nullopt;
  return Duration{*number};
}

const json::array& array_field(const json::object& object, std::string_view key) {
  static const json::array none;
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_array() ? value->get_array() : none;
}

const json::object* object_field(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr ? value->if_object() : nullptr;
}

}  // namespace takt::cli
