#pragma once
// The tables at the top of a fleet file, matched with their names; what stands there and does not
// belong there is complained about.

#include "fleet/complaints.h"
#include "fleet/toml.h"

namespace takt::fleet {

/// Known tables of the file, as found. Null: not there, or not a table and complained about.
struct TopLevel {
  const toml::table* fleet = nullptr;
  const toml::table* defaults = nullptr;
  const toml::table* memory = nullptr;
  const toml::table* pool = nullptr;
  const toml::table* health = nullptr;
  const toml::table* notify = nullptr;
  const toml::table* job = nullptr;
  const toml::node* include = nullptr;
};

TopLevel match_tables(const toml::table& root, Complaints& complaints);

void complain_unknown(const toml::key& key, const toml::node& node, Complaints& complaints);

/// Null, with a complaint, when it is none.
const toml::table* as_table(const toml::key& key, const toml::node& node, Complaints& complaints);

}  // namespace takt::fleet
