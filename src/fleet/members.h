#pragma once
// Members: the tables of a family, [job.NAME] or [pool.NAME], in the order of the file. TOML itself
// keeps them by name.

#include <vector>

#include "fleet/position.h"
#include "fleet/toml.h"

namespace takt::fleet {

struct Member {
  Position at;  // where to blame it as a whole
  const toml::key* key;
  const toml::node* node;
};

std::vector<Member> in_file_order(const toml::table& family);

}  // namespace takt::fleet
