// The keys of [memory]: limits are a share of what there is, or a size that has to be left.
//
//   high = "80%"   critical = "92.5%"        high = "1G"   critical = "512M"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "base/match.h"
#include "fleet/description.h"
#include "fleet/memory_table.h"
#include "fleet/quote.h"
#include "fleet/table_keys.h"

namespace takt::fleet {
namespace {

using core::BytesLeft;
using core::MemoryLimit;
using core::MemorySpec;
using core::UsedRatio;

/// 82.5 of "82.5%"; nullopt for anything else.
std::optional<double> parse_percent(std::string_view text) {
  if (!text.ends_with('%')) return std::nullopt;
  text.remove_suffix(1);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || !is_digit(text.front()) || !is_digit(text.back())) return std::nullopt;
  double percent = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, percent, std::chars_format::fixed);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return percent;
}

std::optional<MemoryLimit> read_limit(const Item& item, Complaints& complaints) {
  const auto* text = item.node->as_string();
  const auto percent = text != nullptr ? parse_percent(text->get()) : std::nullopt;
  if (!percent) {
    const auto bytes = read_size(item, complaints);
    if (!bytes) return std::nullopt;
    return BytesLeft{static_cast<std::int64_t>(*bytes)};
  }
  if (*percent <= 0 || *percent > 100) {
    complaints.error(item.at, fmt::format("{} must be above 0% and at most 100%, not {}",
                                          item.label, quote_value(text->get())));
    return std::nullopt;
  }
  return UsedRatio{*percent / 100};
}

template <auto Limit, auto At>
void decode_limit(const Item& item, MemoryDraft& draft, Complaints& complaints) {
  draft.*At = item.at;
  if (const auto limit = read_limit(item, complaints)) {
    draft.spec.*Limit = *limit;
  } else {
    draft.is_right = false;
  }
}

/// Reached no sooner than `high`; limits of two kinds cannot be compared.
bool is_beyond(const MemoryLimit& critical, const MemoryLimit& high) {
  return std::visit(
      Match{[](const UsedRatio& a, const UsedRatio& b) { return a.at_least > b.at_least; },
            [](const BytesLeft& a, const BytesLeft& b) { return a.at_most < b.at_most; },
            [](const auto&, const auto&) { return true; }},
      critical, high);
}

std::string text_of(const MemoryLimit& limit) {
  return std::visit(
      Match{[](const UsedRatio& ratio) { return fmt::format("{:.10g}%", ratio.at_least * 100); },
            [](const BytesLeft& left) { return fmt::format("{} bytes left", left.at_most); }},
      limit);
}

void blame_order(const MemoryDraft& draft, Complaints& complaints) {
  if (!draft.is_right || is_beyond(draft.spec.critical, draft.spec.high)) return;
  const Position at = draft.critical_at ? *draft.critical_at : *draft.high_at;
  complaints.error(at,
                   fmt::format("critical ({}{}) is not beyond high ({}{})",
                               text_of(draft.spec.critical), draft.critical_at ? "" : ", as always",
                               text_of(draft.spec.high), draft.high_at ? "" : ", as always"),
                   "high only tells, critical holds jobs back: it has to come later");
}

constexpr Shape kLimit = shape::custom(
    "percentage, or a size left", R"(a percentage like "80%" or a size left like "512M")",
    R"({"anyOf": [{"type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?%$"}, {"$ref": "#/$defs/size"}]})");

constexpr std::array<Key<MemoryDraft>, 3> kMemory{{
    {{"high", kLimit, "80%", "from here on an event is told"},
     decode_limit<&MemorySpec::high, &MemoryDraft::high_at>},
    {{"critical", kLimit, "90%",
      "from here until below high, jobs that are not critical are skipped"},
     decode_limit<&MemorySpec::critical, &MemoryDraft::critical_at>},
    {{"source", shape::word<core::MemorySourceWanted>(), "auto",
      "the limit of the cgroup, the system's memory, or the first of them that there is"},
     store_word<&MemorySpec::source>},
}};

}  // namespace

void decode_memory(const toml::table& table, FleetDraft& fleet, Complaints& complaints) {
  MemoryDraft draft;
  const auto entries = match_keys(table, memory_keys(), "[memory]", complaints);
  decode_entries(entries, memory_keys(), "", draft, complaints);
  blame_order(draft, complaints);
  fleet.spec.memory = draft.spec;
}

const KeyTable<MemoryDraft>& memory_keys() {
  static const KeyTable<MemoryDraft> keys{{section<MemoryDraft>("", kMemory)}};
  return keys;
}

}  // namespace takt::fleet
