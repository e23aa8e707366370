#pragma once
// The environment of a job, complete: nothing of the daemon's own leaks in.
//
//   later wins   PATH HOME LANG [TZ]  ◀  env_file  ◀  the job's env  ◀  TAKT_*
//
// TAKT_FLEET_TAG is added to every job: with TAKT_TOKEN, which is unique in its fleet only, it
// names the attempt among everything that runs on a machine.

#include <sys/types.h>

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exec/problem.h"
#include "exec/user.h"
#include "ports/launcher.h"

namespace takt::exec {

/// Where programs are looked for, unless the job sets a PATH of its own.
inline constexpr std::string_view kDefaultPath =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

using Variables = std::vector<std::pair<std::string, std::string>>;

/// KEY=VALUE lines: blank lines and lines that start with # are skipped, `export ` in front is
/// allowed, one pair of quotes around the value is taken off, nothing is expanded. The error names
/// the line.
std::expected<Variables, std::string> parse_env_file(std::string_view text);

/// Reads an env_file: a regular file of the daemon's user, root or `user`, closed to everybody else
/// (0600), at most 1 MiB.
std::expected<Variables, SpawnProblem> read_env_file(const std::string& path, const User& user);

/// "NAME=value" entries, each name once.
std::expected<std::vector<std::string>, SpawnProblem> build_environment(
    const ports::Launch& launch, const User& user, const std::string& fleet_tag);

/// The file that `program` means: itself when it has a slash (relative to the job's cwd, which the
/// child has changed to by then), else the first executable regular file of that name in the PATH
/// of `environment`. ENOENT or EACCES with text when there is none.
std::expected<std::string, SpawnProblem> find_program(const std::string& program,
                                                      const std::vector<std::string>& environment,
                                                      const std::string& cwd);

}  // namespace takt::exec
