// What a job waits for before it starts, and what it takes while it runs.
//
//   needs = [{ job = "harvester", fresh = "30m" }]     decoded in need_keys.cpp
//   uses = { browser = 1 }

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "fleet/description.h"
#include "fleet/needs.h"
#include "fleet/quote.h"

namespace takt::fleet {
namespace {

constexpr Shape kWeight = shape::integer(1, 1'000'000);

void decode_uses(const Item& item, JobDraft& draft, Complaints& complaints) {
  const auto* table = item.node->as_table();
  if (table == nullptr) return complain_type(item, item.shape->expected, complaints);
  core::Uses uses;
  for (auto&& [key, node] : *table) {
    const Item weight{"uses." + escape(key.str(), kQuotedColumns), &kWeight, &node,
                      position_of(key), position_of(node)};
    const auto pool = draft.pools->find(key.str());
    if (!pool) {
      complaints.error(weight.key_at, fmt::format("there is no pool {}", quote_name(key.str())),
                       draft.pools->hint_for(key.str()));
    }
    const auto units = read_integer(weight, complaints);
    if (pool && units) uses.push_back({*pool, static_cast<int>(*units)});
  }
  std::ranges::sort(uses);
  draft.spec.uses = draft.shared->uses.share(std::move(uses));
}

constexpr auto kNeedsSchema = R"({"type": "array", "items": {"$ref": "#/$defs/needs"}})";
constexpr auto kUsesSchema = R"({"type": "object", "propertyNames": {"$ref": "#/$defs/name"},
    "additionalProperties": {"type": "integer", "minimum": 1, "maximum": 1000000}})";

constexpr std::array<Key<JobDraft>, 3> kResources{{
    {{"needs",
      shape::custom("list of tables", R"(a list like [{ job = "other", fresh = "30m" }])",
                    kNeedsSchema),
      "[]", "other jobs whose success must be fresh before this one starts"},
     decode_needs},
    {{"uses", shape::custom("table of integers", "a table like { browser = 1 }", kUsesSchema), "{}",
      "pools, and how many slots of each a run takes: all of them or none"},
     decode_uses},
    {{"memory_max", shape::kSize, "none", "most memory of the whole process tree"},
     store_size<&core::Command::memory_max_bytes>},
}};

}  // namespace

Section resource_section() { return section<JobDraft>("Resources", kResources); }

}  // namespace takt::fleet
