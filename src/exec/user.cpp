#include "exec/user.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace takt::exec {
namespace {

constexpr std::size_t kEntryMax = 1U << 16U;

std::vector<gid_t> groups_of(const passwd& entry) {
  std::vector<gid_t> groups(32);
  int count = static_cast<int>(groups.size());
  while (::getgrouplist(entry.pw_name, entry.pw_gid, groups.data(), &count) < 0) {
    groups.resize(static_cast<std::size_t>(count));
  }
  groups.resize(static_cast<std::size_t>(count));
  return groups;
}

User user_from(const passwd& entry) {
  return {.name = entry.pw_name,
          .home = entry.pw_dir,
          .uid = entry.pw_uid,
          .gid = entry.pw_gid,
          .groups = groups_of(entry)};
}

}  // namespace

SpawnProblem problem_with(std::string what, int error) {
  return {.error = error, .text = std::move(what) + ": " + std::generic_category().message(error)};
}

std::expected<User, SpawnProblem> find_user(const std::string& name) {
  std::string buffer(kEntryMax, '\0');
  passwd entry{};
  passwd* found = nullptr;
  const int error = ::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
  if (found != nullptr) return user_from(entry);
  if (error == 0 || error == ENOENT || error == ESRCH) {
    return std::unexpected(
        SpawnProblem{.error = ENOENT, .text = "user " + name + ": no such user"});
  }
  return std::unexpected(problem_with("user " + name, error));
}

User own_user() {
  std::string buffer(kEntryMax, '\0');
  passwd entry{};
  passwd* found = nullptr;
  ::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found);
  if (found != nullptr) return user_from(entry);
  const char* home = std::getenv("HOME");
  return {.name = std::to_string(::geteuid()),
          .home = home != nullptr ? home : "/",
          .uid = ::geteuid(),
          .gid = ::getegid(),
          .groups = {}};
}

}  // namespace takt::exec
