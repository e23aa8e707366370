#pragma once
// Members: the tables of a family, [job.NAME] or [pool.NAME], in the order of the file. TOML itself
// keeps them by name.

#include <string>
#include <string_view>
#include <vector>

#include "fleet/complaints.h"
#include "fleet/position.h"
#include "fleet/toml.h"

namespace takt::fleet {

struct Member {
  Position at;  // where to blame it as a whole
  const toml::key* key;
  const toml::node* node;
};

std::vector<Member> in_file_order(const toml::table& family);

/// How messages call it: "[job.posting]".
std::string header_of(const Member& member, std::string_view family);

/// Its table, after a complaint about a name that is none; null, with a complaint, when it is no
/// table. `called`: what a member is to people, "the job's name ..." says so.
const toml::table* table_of(const Member& member, std::string_view family, std::string_view called,
                            Complaints& complaints);

}  // namespace takt::fleet
