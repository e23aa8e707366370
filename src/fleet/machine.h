#pragma once
// Questions about this machine on behalf of jobs, each answer remembered: a hundred thousand jobs
// ask for the same folder and the same program.

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace takt::fleet {

/// What to do about a program that judge_program does not find.
inline constexpr std::string_view kWhereProgramsAre =
    "it is looked for in /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; another "
    "place needs its whole path";

class Machine {
 public:
  /// Each answer is what is wrong, in words, or empty when nothing is.
  std::string judge_user(const std::string& user);
  std::string judge_folder(const std::string& folder);
  /// Readable by its owner alone, who is root, ourselves or `user`.
  std::string judge_env_file(const std::string& file, const std::string& user);
  /// By the same rule.
  std::string judge_password_file(const std::string& file);
  /// A SQLite file that is there.
  std::string judge_database(const std::string& file);
  /// argv[0] as it will be looked for: in kPath, or against `cwd` when there is a slash in it.
  std::string judge_program(const std::string& program, const std::string& cwd);

 private:
  struct User {
    std::optional<uid_t> uid;
    std::string wrong;  // why there is none
  };
  const User& find_user(const std::string& user);

  std::map<std::string, User> users_;
  std::map<std::string, std::string> folders_;
  std::map<std::pair<std::string, std::string>, std::string> env_files_;
  std::map<std::pair<std::string, std::string>, std::string> programs_;
};

}  // namespace takt::fleet
