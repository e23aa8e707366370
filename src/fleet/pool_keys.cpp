// The keys of a pool. Those of chromium pools are known and checked in every pool: a file that comes
// from, or goes to, a pool of that kind keeps them.

#include <fmt/format.h>

#include <array>
#include <string>

#include "fleet/description.h"
#include "fleet/members.h"
#include "fleet/pools.h"
#include "fleet/quote.h"
#include "fleet/table_keys.h"

namespace takt::fleet {
namespace {

constexpr int kUnitsMax = 1'000'000;

constexpr std::array<std::string_view, 2> kKinds{"plain", "chromium"};
constexpr std::array<std::string_view, 2> kScopes{"fleet", "node"};

constexpr Shape one_of(std::span<const std::string_view> words) {
  return {.kind = Shape::Kind::word, .type = "word", .expected = "a word", .words = words};
}
constexpr Shape kKind = one_of(kKinds);

void decode_slots(const Item& item, PoolDraft& draft, Complaints& complaints) {
  draft.has_slots = true;
  if (const auto slots = read_integer(item, complaints)) draft.slots = static_cast<int>(*slots);
}

void decode_reserve(const Item& item, PoolDraft& draft, Complaints& complaints) {
  ReserveDraft reserve;
  decode_nested(item, reserve_keys(), reserve, complaints);
  draft.spec.reserve = reserve.units;
  draft.reserve_at = item.at;
}

/// On one node both words mean the same.
void decode_scope(const Item& item, PoolDraft&, Complaints& complaints) {
  static_cast<void>(read_word(item, complaints));
}

void decode_kind(const Item& item, PoolDraft& draft, Complaints& complaints) {
  const Item word{item.label, &kKind, item.node, item.key_at, item.at};
  const auto kind = read_word(word, complaints);
  draft.is_plain = kind == 0U;
  if (!kind || draft.is_plain) return;
  complaints.error(item.at, fmt::format("kind = \"{}\" is not supported yet", kKinds[*kind]),
                   R"(leave it out or write "plain")");
}

template <std::size_t Class>
void decode_units(const Item& item, ReserveDraft& draft, Complaints& complaints) {
  if (const auto units = read_integer(item, complaints)) {
    draft.units[Class] = static_cast<int>(*units);
  }
}

void check_strings(const Item& item, Complaints& complaints) {
  const auto* list = item.node->as_array();
  if (list == nullptr) return complain_type(item, item.shape->expected, complaints);
  for (const toml::node& node : *list) {
    const Item one{"each entry of " + item.label, item.shape, &node, item.key_at,
                   position_of(node)};
    if (!node.is_string()) complain_type(one, "a string", complaints);
  }
}

void note_chromium_key(const Item& item, PoolDraft& draft, Complaints& complaints) {
  draft.of_chromium.push_back({item.label, item.key_at});
  switch (item.shape->kind) {
    case Shape::Kind::duration:
      return static_cast<void>(read_duration(item, complaints));
    case Shape::Kind::size:
      return static_cast<void>(read_size(item, complaints));
    case Shape::Kind::integer:
      return static_cast<void>(read_integer(item, complaints));
    case Shape::Kind::boolean:
      return static_cast<void>(read_boolean(item, complaints));
    case Shape::Kind::path:
      return static_cast<void>(read_path(item, complaints));
    case Shape::Kind::text:
      return static_cast<void>(read_text(item, complaints));
    default:
      return check_strings(item, complaints);
  }
}

constexpr auto kArgsSchema = R"({"type": "array", "items": {"type": "string"}})";

constexpr std::array<Key<PoolDraft>, 4> kPool{{
    {{"slots", shape::integer(0, kUnitsMax), "required", "how many units may be in use at once"},
     decode_slots},
    {{"reserve",
      shape::custom("table", "a table like { P0 = 1 }", R"({"$ref": "#/$defs/reserve"})"), "{}",
      "slots kept for a class and those above it"},
     decode_reserve},
    {{"scope", one_of(kScopes), "fleet", "fleet or node: with one node they are the same"},
     decode_scope},
    {{"kind", shape::custom("word", "a word", R"({"const": "plain"})"), "plain",
      "only \"plain\" is supported yet"},
     decode_kind},
}};

constexpr std::array<Key<PoolDraft>, 8> kChromium{{
    {{"executable", shape::kPath, "none", "the browser"}, note_chromium_key},
    {{"args", shape::custom("list of strings", "a list of strings", kArgsSchema), "[]",
      "further arguments of the browser"},
     note_chromium_key},
    {{"user", shape::kText, "the daemon's own", "who runs the browser"}, note_chromium_key},
    {{"idle_timeout", shape::kPositiveDuration, "60s", "a browser without leases ends after it"},
     note_chromium_key},
    {{"recycle_after", shape::integer(1, kUnitsMax), "50", "leases after which it is renewed"},
     note_chromium_key},
    {{"memory_max", shape::kSize, "2G", "a browser above it is renewed"}, note_chromium_key},
    {{"lease_timeout", shape::kPositiveDuration, "30m", "a lease held longer is taken back"},
     note_chromium_key},
    {{"allow_file_urls", shape::kBoolean, "false", "whether pages may be files"},
     note_chromium_key},
}};

constexpr std::array<Key<ReserveDraft>, core::kClasses> kReserve{{
    {{"P0", shape::integer(0, kUnitsMax), "0", "slots that P1 to P3 never take"}, decode_units<0>},
    {{"P1", shape::integer(0, kUnitsMax), "0", "slots that P2 and P3 never take"}, decode_units<1>},
    {{"P2", shape::integer(0, kUnitsMax), "0", "slots that P3 never takes"}, decode_units<2>},
    {{"P3", shape::integer(0, kUnitsMax), "0", "keeps nothing from anybody"}, decode_units<3>},
}};

void blame_reserve(const PoolDraft& draft, Complaints& complaints) {
  if (!draft.reserve_at) return;
  int reserved = 0;
  for (const int units : draft.spec.reserve) reserved += units;
  if (reserved > draft.spec.slots) {
    complaints.error(*draft.reserve_at,
                     fmt::format("pool {} reserves {} of its {} slots", quote_name(draft.spec.name),
                                 reserved, draft.spec.slots),
                     "reserve fewer together, or raise slots");
  } else if (draft.spec.reserve.back() > 0) {
    complaints.warning(*draft.reserve_at, "reserve.P3 keeps nothing from anybody",
                       "there is no class below P3; leave it out");
  }
}

core::PoolSpec finish(PoolDraft&& draft, Position header, Complaints& complaints) {
  if (!draft.has_slots) {
    complaints.error(header, fmt::format("pool {} has no slots", quote_name(draft.spec.name)),
                     "add slots = 1");
  }
  if (draft.slots) {
    draft.spec.slots = *draft.slots;
    blame_reserve(draft, complaints);
  }
  if (draft.is_plain) {
    for (const PoolDraft::Key& key : draft.of_chromium) {
      complaints.warning(key.at,
                         fmt::format("{} changes nothing: it is for chromium pools, and this one "
                                     "is plain",
                                     key.name),
                         "leave it out");
    }
  }
  return std::move(draft.spec);
}

core::PoolSpec decode_pool(const Member& pool, Complaints& complaints) {
  PoolDraft draft;
  draft.spec.name = pool.key->str();
  const auto* table = table_of(pool, "pool", "pool", complaints);
  if (table == nullptr) return std::move(draft.spec);
  const auto entries = match_keys(*table, pool_keys(), header_of(pool, "pool"), complaints);
  decode_entries(entries, pool_keys(), "", draft, complaints);
  return finish(std::move(draft), pool.at, complaints);
}

}  // namespace

void decode_pools(const toml::table& pools, FleetDraft& draft, Complaints& complaints) {
  std::vector<std::string> names;
  for (const Member& pool : in_file_order(pools)) {
    names.emplace_back(pool.key->str());
    draft.spec.pools.push_back(decode_pool(pool, complaints));
  }
  draft.pools = FamilyNames{std::move(names), kNoPools};
}

const KeyTable<PoolDraft>& pool_keys() {
  static const KeyTable<PoolDraft> keys{
      {section<PoolDraft>("", kPool),
       section<PoolDraft>("Chromium pools, not supported yet", kChromium)}};
  return keys;
}

const KeyTable<ReserveDraft>& reserve_keys() {
  static const KeyTable<ReserveDraft> keys{{section<ReserveDraft>("", kReserve)}};
  return keys;
}

}  // namespace takt::fleet
