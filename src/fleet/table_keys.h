#pragma once
// Matching the entries of one TOML table against its keys: unknown keys and keys that are not
// supported yet are complained about here, once each; what is left is decoded by its row.

#include <cstddef>
#include <string>
#include <vector>

#include "fleet/complaints.h"
#include "fleet/key.h"
#include "fleet/read.h"
#include "fleet/toml.h"

namespace takt::fleet {

/// An entry of the table whose name is known.
struct Entry {
  std::size_t index;  // of the key in its KeyNames
  const KeyInfo* info;
  const toml::key* key;
  const toml::node* node;
};

/// Entries with known keys, unsupported ones included (they are refused already). `where` names the
/// table in messages: "[job.posting]". Of keys that exclude each other the later one is blamed.
std::vector<Entry> match_keys(const toml::table& table, const KeyNames& keys,
                              const std::string& where, Complaints& complaints);

/// Decodes the supported ones of `entries` into the draft. `prefix` stands before each key's name
/// in messages: "backoff." or empty.
template <class Draft>
void decode_entries(const std::vector<Entry>& entries, const KeyTable<Draft>& keys,
                    const std::string& prefix, Draft& draft, Complaints& complaints) {
  for (const Entry& entry : entries) {
    if (!entry.info->supported) continue;
    const Item item{prefix + std::string{entry.info->name}, &entry.info->shape, entry.node,
                    position_of(*entry.key), position_of(*entry.node)};
    keys.row(entry.index).decode(item, draft, complaints);
  }
}

/// `item` is a table of keys of its own, like backoff: match and decode, or complain about its
/// type.
template <class Draft>
void decode_nested(const Item& item, const KeyTable<Draft>& keys, Draft& draft,
                   Complaints& complaints) {
  const auto* table = item.node->as_table();
  if (table == nullptr) return complain_type(item, item.shape->expected, complaints);
  const auto entries = match_keys(*table, keys, item.label, complaints);
  decode_entries(entries, keys, item.label + ".", draft, complaints);
}

}  // namespace takt::fleet
