#include "fleet/machine.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "fleet/quote.h"
#include "fleet/read.h"

namespace takt::fleet {
namespace {

constexpr std::array<std::string_view, 6> kPath{"/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
                                                "/usr/bin",        "/sbin",          "/bin"};

enum class Program { fine, missing, not_executable };

/// Whether somebody may execute it: the job may run as another user than we do.
Program look_at_program(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return Program::missing;
  const bool executable = S_ISREG(status.st_mode) && (status.st_mode & 0111U) != 0;
  return executable ? Program::fine : Program::not_executable;
}

std::string find_in_path(const std::string& program) {
  bool seen = false;
  for (const std::string_view folder : kPath) {
    const Program found = look_at_program(fmt::format("{}/{}", folder, program));
    if (found == Program::fine) return {};
    seen = seen || found == Program::not_executable;
  }
  return seen ? fmt::format("the program {} is not executable", quote_path(program))
              : fmt::format("the program {} is not in the PATH of jobs", quote_path(program));
}

std::string find_by_path(const std::string& program, const std::string& cwd) {
  switch (look_at_program(absolute_path(cwd, program))) {
    case Program::fine:
      return {};
    case Program::missing:
      return fmt::format("there is no program {}", quote_path(program));
    case Program::not_executable:
      break;
  }
  return fmt::format("the program {} is not executable", quote_path(program));
}

std::string look_at_folder(const std::string& folder) {
  struct stat status{};
  const std::string shown = quote_path(folder);
  if (stat(folder.c_str(), &status) != 0) {
    return errno == ENOENT ? fmt::format("the folder {} does not exist", shown)
                           : fmt::format("the folder {}: {}", shown, std::strerror(errno));
  }
  return S_ISDIR(status.st_mode) ? "" : fmt::format("{} is not a folder", shown);
}

/// `what` is the key that names the file.
std::string look_at_secret_file(std::string_view what, const std::string& file,
                                std::optional<uid_t> user) {
  struct stat status{};
  const std::string shown = fmt::format("the {} {}", what, quote_path(file));
  if (stat(file.c_str(), &status) != 0) {
    return errno == ENOENT ? fmt::format("{} does not exist", shown)
                           : fmt::format("{}: {}", shown, std::strerror(errno));
  }
  if (!S_ISREG(status.st_mode)) return fmt::format("{} is not a file", shown);
  if ((status.st_mode & 0077U) != 0) {
    return fmt::format("{} is open to others (mode {:04o}); chmod 600 it", shown,
                       status.st_mode & 07777U);
  }
  const bool own = status.st_uid == 0 || status.st_uid == geteuid() || user == status.st_uid;
  if (!own) return fmt::format("{} belongs to uid {}", shown, status.st_uid);
  if (faccessat(AT_FDCWD, file.c_str(), R_OK, AT_EACCESS) != 0) {
    return fmt::format("{} cannot be read: {}", shown, std::strerror(errno));
  }
  return {};
}

/// The answers that getpwnam_r gives for a name that is nobody's, by its manual page.
bool is_not_found(int error) {
  return error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM;
}

/// The answer from `known`, or that of `ask`, remembered.
template <class Key, class Ask>
const auto& remember(std::map<Key, std::string>& known, Key key, Ask ask) {
  const auto found = known.find(key);
  if (found != known.end()) return found->second;
  return known.emplace(std::move(key), ask()).first->second;
}

}  // namespace

const Machine::User& Machine::find_user(const std::string& user) {
  if (const auto found = users_.find(user); found != users_.end()) return found->second;
  std::vector<char> buffer(std::size_t{1} << 16U);
  passwd entry{};
  passwd* result = nullptr;
  const int error = getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &result);
  User answer;
  if (result != nullptr) {
    answer.uid = result->pw_uid;
  } else if (is_not_found(error)) {
    answer.wrong = fmt::format("the user {} does not exist", quote_name(user));
  } else {
    answer.wrong =
        fmt::format("the user {} cannot be looked up: {}", quote_name(user), std::strerror(error));
  }
  return users_.emplace(user, std::move(answer)).first->second;
}

std::string Machine::judge_user(const std::string& user) {
  if (user.empty()) return {};
  const User& found = find_user(user);
  if (!found.uid) return found.wrong;
  if (geteuid() != 0 && *found.uid != geteuid()) {
    return fmt::format("only root can start a job as {}", quote_name(user));
  }
  return {};
}

std::string Machine::judge_folder(const std::string& folder) {
  return remember(folders_, std::string{folder}, [&] { return look_at_folder(folder); });
}

std::string Machine::judge_env_file(const std::string& file, const std::string& user) {
  if (file.empty()) return {};
  return remember(env_files_, std::pair{file, user}, [&] {
    return look_at_secret_file("env_file", file, user.empty() ? std::nullopt : find_user(user).uid);
  });
}

std::string Machine::judge_password_file(const std::string& file) {
  return file.empty() ? "" : look_at_secret_file("password_file", file, std::nullopt);
}

std::string Machine::judge_database(const std::string& file) {
  struct stat status{};
  const std::string shown = quote_path(file);
  if (stat(file.c_str(), &status) != 0) {
    return errno == ENOENT ? fmt::format("there is no database {} yet", shown)
                           : fmt::format("the database {}: {}", shown, std::strerror(errno));
  }
  return S_ISREG(status.st_mode) ? "" : fmt::format("the database {} is not a file", shown);
}

std::string Machine::judge_program(const std::string& program, const std::string& cwd) {
  const bool has_slash = program.find('/') != std::string::npos;
  return remember(programs_, std::pair{program, has_slash ? cwd : std::string{}},
                  [&] { return has_slash ? find_by_path(program, cwd) : find_in_path(program); });
}

}  // namespace takt::fleet
