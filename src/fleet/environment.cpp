#include "fleet/environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "fleet/quote.h"

namespace takt::fleet {
namespace {

constexpr std::size_t kEnvironmentBytesMax = 512 * 1024;

bool is_variable_name(std::string_view name) {
  const auto may_begin = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && may_begin(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return may_begin(c) || (c >= '0' && c <= '9'); });
}

bool accept_name(const toml::key& key, Complaints& complaints) {
  if (!is_variable_name(key.str())) {
    complaints.error(position_of(key),
                     fmt::format("{} is no name of a variable", quote_name(key.str())),
                     "letters, digits and '_', not beginning with a digit");
    return false;
  }
  if (key.str().starts_with("TAKT_")) {
    complaints.error(position_of(key), fmt::format("{} is takt's own", quote_name(key.str())),
                     "names that begin with TAKT_ are set at each start");
    return false;
  }
  return true;
}

bool accept_value(const Item& item, Complaints& complaints) {
  const auto* text = item.node->as_string();
  if (text == nullptr) {
    complain_type(item, "a string", complaints);
    return false;
  }
  if (text->get().find('\0') != std::string::npos) {
    complaints.error(item.at, fmt::format("{} has a NUL character in it", item.label));
    return false;
  }
  return true;
}

}  // namespace

void decode_environment(const Item& item, JobDraft& draft, Complaints& complaints) {
  const auto* table = item.node->as_table();
  if (table == nullptr) return complain_type(item, item.shape->expected, complaints);
  draft.command.env.clear();
  std::size_t total = 0;
  for (auto&& [key, node] : *table) {
    const Item value{"env." + escape(key.str(), kQuotedColumns), item.shape, &node,
                     position_of(key), position_of(node)};
    if (!accept_name(key, complaints) || !accept_value(value, complaints)) continue;
    const std::string& text = node.as_string()->get();
    const std::size_t bytes = key.str().size() + 1 + text.size() + 1;
    if (bytes > kArgumentBytesMax) {
      complaints.error(value.at, fmt::format("{} is {} bytes long; the limit is {}", value.label,
                                             bytes - 1, kArgumentBytesMax - 1));
      continue;
    }
    total += bytes;
    draft.command.env.emplace_back(key.str(), text);
  }
  if (total > kEnvironmentBytesMax) {
    complaints.error(item.key_at, fmt::format("env is {} bytes long; the limit is {}", total,
                                              kEnvironmentBytesMax));
  }
}

}  // namespace takt::fleet
