#pragma once
// The account a job runs as. Resolved in the daemon before the spawn, since looking it up may read
// files, take locks and allocate.

#include <sys/types.h>

#include <expected>
#include <string>
#include <vector>

#include "exec/problem.h"

namespace takt::exec {

struct User {
  std::string name;
  std::string home;
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;  // supplementary, as the daemon would have them after a login
};

/// The account called `name`; ENOENT with text when there is none.
std::expected<User, SpawnProblem> find_user(const std::string& name);

/// The daemon's own account; HOME of the environment, else "/", where it has no entry.
User own_user();

}  // namespace takt::exec
