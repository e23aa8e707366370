// `params` of a job: typed values with defaults, which a trigger may set.
//
//   params = { count = { type = "int", default = 3, min = 1, max = 9 } }

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "fleet/description.h"
#include "fleet/param_draft.h"
#include "fleet/params.h"
#include "fleet/quote.h"
#include "fleet/table_keys.h"

namespace takt::fleet {
namespace {

using core::Param;
using core::ParamType;

constexpr double kLargestExact = 9'007'199'254'740'992.0;  // 2^53

bool is_param_name(std::string_view name) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && name.size() <= 64 && is_letter(name.front()) &&
         std::ranges::all_of(
             name, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; });
}

bool is_numeric(ParamType type) { return type == ParamType::integer || type == ParamType::number; }

std::string_view expected_for(ParamType type) {
  switch (type) {
    case ParamType::string:
      return "a string";
    case ParamType::integer:
      return "a whole number";
    case ParamType::number:
      return "a number";
    case ParamType::boolean:
      break;
  }
  return "true or false";
}

/// A finite number of the parameter's type; complains otherwise.
std::optional<double> read_amount(const Item& item, ParamType type, Complaints& complaints) {
  const bool fits = type == ParamType::integer ? item.node->is_integer() : item.node->is_number();
  const auto value = fits ? item.node->value<double>() : std::nullopt;
  if (!value || !std::isfinite(*value)) {
    complain_type(item, expected_for(type), complaints);
    return std::nullopt;
  }
  return value;
}

std::optional<double> read_limit(const std::optional<Item>& item, ParamType type,
                                 Complaints& complaints) {
  if (!item) return std::nullopt;
  if (!is_numeric(type)) {
    complaints.error(item->key_at, fmt::format("{} is for numbers only, not for type \"{}\"",
                                               item->label, word(type)));
    return std::nullopt;
  }
  const auto limit = read_amount(*item, type, complaints);
  if (limit && std::abs(*limit) > kLargestExact) {
    complaints.error(item->at, fmt::format("{} must be within 2^53", item->label));
    return std::nullopt;
  }
  return limit;
}

/// The default in the spelling that the job receives; complains when it is of another type.
std::optional<std::string> spell_default(const Item& item, ParamType type, Complaints& complaints) {
  const toml::node& node = *item.node;
  if (is_numeric(type)) {
    if (!read_amount(item, type, complaints)) return std::nullopt;
    if (const auto* integer = node.as_integer()) return fmt::format("{}", integer->get());
    return fmt::format("{}", node.as_floating_point()->get());
  }
  if (type == ParamType::boolean && node.is_boolean()) {
    return node.as_boolean()->get() ? "true" : "false";
  }
  if (type == ParamType::string && node.is_string()) {
    const std::string& text = node.as_string()->get();
    if (text.find('\0') == std::string::npos && text.size() < kArgumentBytesMax / 2) return text;
    complaints.error(item.at, fmt::format("{} must be shorter than {} bytes and without NUL",
                                          item.label, kArgumentBytesMax / 2));
    return std::nullopt;
  }
  complain_type(item, expected_for(type), complaints);
  return std::nullopt;
}

void blame_limits(const ParamDraft& draft, const Param& param, Complaints& complaints) {
  if (param.min && param.max && *param.min > *param.max) {
    const bool min_is_later = draft.min->key_at > draft.max->key_at;
    const Item& later = min_is_later ? *draft.min : *draft.max;
    return complaints.error(later.at, fmt::format("min {} of the parameter is above its max {}",
                                                  *param.min, *param.max));
  }
  if (!is_numeric(param.type) || !draft.default_value) return;
  const auto value = draft.default_value->node->value<double>();
  if (!value || !std::isfinite(*value)) return;
  if ((param.min && *value < *param.min) || (param.max && *value > *param.max)) {
    complaints.error(draft.default_value->at,
                     fmt::format("{} is outside of min and max", draft.default_value->label));
  }
}

void finish_param(const Item& item, const ParamDraft& draft, Param& param, Complaints& complaints) {
  if (!draft.has_type) {
    complaints.error(item.key_at, fmt::format("{} has no type", item.label),
                     fmt::format("add type = {}", list_words(kWords<ParamType>)));
  }
  if (!draft.default_value) {
    complaints.error(item.key_at, fmt::format("{} has no default", item.label),
                     "a run that nobody triggered needs a value too");
  }
  if (!draft.type) return;
  param.type = *draft.type;
  param.min = read_limit(draft.min, param.type, complaints);
  param.max = read_limit(draft.max, param.type, complaints);
  if (draft.default_value) {
    const auto spelt = spell_default(*draft.default_value, param.type, complaints);
    if (spelt) param.default_value = *spelt;
  }
  blame_limits(draft, param, complaints);
}

void decode_type(const Item& item, ParamDraft& draft, Complaints& complaints) {
  draft.has_type = true;
  if (const auto index = read_word(item, complaints)) draft.type = static_cast<ParamType>(*index);
}

template <std::optional<Item> ParamDraft::* Member>
void keep_item(const Item& item, ParamDraft& draft, Complaints&) {
  draft.*Member = item;
}

constexpr auto kDefaultSchema = R"({"type": ["string", "number", "boolean"]})";
constexpr auto kLimitSchema = R"({"type": "number"})";

constexpr std::array<Key<ParamDraft>, 4> kParam{{
    {{"type", shape::word<ParamType>(), "required", "what values it takes"}, decode_type},
    {{"default", shape::custom("of its type", "of the parameter's type", kDefaultSchema),
      "required", "the value when a trigger sets none"},
     keep_item<&ParamDraft::default_value>},
    {{"min", shape::custom("number", "a number", kLimitSchema), "none",
      "smallest value, of int and float"},
     keep_item<&ParamDraft::min>},
    {{"max", shape::custom("number", "a number", kLimitSchema), "none",
      "largest value, of int and float"},
     keep_item<&ParamDraft::max>},
}};

void decode_param(const toml::key& key, const toml::node& node, const Item& params, JobDraft& draft,
                  Complaints& complaints) {
  const Position at = blamed_position(key, node);
  const Item item{"params." + escape(key.str(), kQuotedColumns), params.shape, &node, at,
                  position_of(node)};
  if (!is_param_name(key.str())) {
    return complaints.error(at, fmt::format("{} is no name of a parameter", quote_name(key.str())),
                            "a-z first, then a-z, 0-9 and '_', at most 64");
  }
  if (!node.is_table()) {
    return complain_type(item, R"(a table like { type = "int", default = 3 })", complaints);
  }
  ParamDraft said;
  decode_nested(item, param_keys(), said, complaints);
  Param param;
  param.name = key.str();
  finish_param(item, said, param, complaints);
  draft.spec.params.push_back(std::move(param));
}

}  // namespace

void decode_params(const Item& item, JobDraft& draft, Complaints& complaints) {
  const auto* table = item.node->as_table();
  if (table == nullptr) return complain_type(item, item.shape->expected, complaints);
  draft.spec.params.clear();
  for (auto&& [key, node] : *table) decode_param(key, node, item, draft, complaints);
}

const KeyTable<ParamDraft>& param_keys() {
  static const KeyTable<ParamDraft> keys{{section<ParamDraft>("", kParam)}};
  return keys;
}

}  // namespace takt::fleet
