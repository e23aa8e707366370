#include "exec/environment.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "exec/descriptor.h"

namespace takt::exec {
namespace {

constexpr std::size_t kEnvFileMax = 1U << 20U;

void set(Variables& variables, std::string name, std::string value) {
  const auto known = std::ranges::find(variables, name, &Variables::value_type::first);
  if (known != variables.end()) {
    known->second = std::move(value);
  } else {
    variables.emplace_back(std::move(name), std::move(value));
  }
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return text;
}

std::string_view unquoted(std::string_view value) {
  const bool quoted = value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
                      value.back() == value.front();
  return quoted ? value.substr(1, value.size() - 2) : value;
}

bool is_name(std::string_view text) {
  const auto ok = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !text.empty() && !(text[0] >= '0' && text[0] <= '9') && std::ranges::all_of(text, ok);
}

SpawnProblem env_file_problem(const std::string& path, int error, const std::string& why) {
  return {.error = error, .text = "env_file " + path + ": " + why};
}

std::expected<std::string, SpawnProblem> read_whole(int file, const std::string& path) {
  std::string text(kEnvFileMax + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t n = ::read(file, text.data() + size, text.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::unexpected(problem_with("env_file " + path, errno));
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
  }
  if (size > kEnvFileMax) {
    return std::unexpected(env_file_problem(path, EFBIG, "is larger than 1 MiB"));
  }
  text.resize(size);
  return text;
}

Variables base_variables(const User& user) {
  Variables variables{
      {"PATH", std::string(kDefaultPath)}, {"HOME", user.home}, {"LANG", "C.UTF-8"}};
  if (const char* zone = std::getenv("TZ")) variables.emplace_back("TZ", zone);
  return variables;
}

/// 0 when `file` is an executable regular file, else the errno that tells why not.
int why_not_executable(const std::string& file) {
  struct stat facts{};
  if (::stat(file.c_str(), &facts) != 0) return errno;
  return S_ISREG(facts.st_mode) && (facts.st_mode & 0111U) != 0 ? 0 : EACCES;
}

}  // namespace

std::expected<Variables, std::string> parse_env_file(std::string_view text) {
  Variables variables;
  for (int number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    std::string_view line = trimmed(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (line.empty() || line.front() == '#') continue;
    if (line.starts_with("export ")) line = trimmed(line.substr(7));
    const auto equals = line.find('=');
    const std::string_view name = trimmed(line.substr(0, equals));
    if (equals == std::string_view::npos || !is_name(name) || line.contains('\0')) {
      return std::unexpected("line " + std::to_string(number) + " is not NAME=VALUE");
    }
    set(variables, std::string(name), std::string(unquoted(trimmed(line.substr(equals + 1)))));
  }
  return variables;
}

std::expected<Variables, SpawnProblem> read_env_file(const std::string& path, const User& user) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  struct stat facts{};
  if (!file || ::fstat(file.get(), &facts) != 0) {
    return std::unexpected(problem_with("env_file " + path, errno));
  }
  if (!S_ISREG(facts.st_mode)) {
    return std::unexpected(env_file_problem(path, EINVAL, "is not a regular file"));
  }
  if (facts.st_uid != ::geteuid() && facts.st_uid != 0 && facts.st_uid != user.uid) {
    return std::unexpected(env_file_problem(path, EPERM, "belongs to another user"));
  }
  if ((facts.st_mode & 077U) != 0) {
    return std::unexpected(
        env_file_problem(path, EPERM, "is open to other users; make it 0600 (chmod 600)"));
  }
  auto text = read_whole(file.get(), path);
  if (!text) return std::unexpected(text.error());
  auto variables = parse_env_file(*text);
  if (!variables) return std::unexpected(env_file_problem(path, EINVAL, variables.error()));
  return *std::move(variables);
}

std::expected<std::vector<std::string>, SpawnProblem> build_environment(
    const ports::Launch& launch, const User& user, const std::string& fleet_tag) {
  Variables variables = base_variables(user);
  if (!launch.command->env_file.empty()) {
    auto from_file = read_env_file(launch.command->env_file, user);
    if (!from_file) return std::unexpected(from_file.error());
    for (auto& [name, value] : *from_file) set(variables, std::move(name), std::move(value));
  }
  for (const auto& [name, value] : launch.command->env) set(variables, name, value);
  for (const auto& [name, value] : launch.takt_env) set(variables, name, value);
  set(variables, "TAKT_TOKEN", std::to_string(launch.token.value));
  set(variables, "TAKT_FLEET_TAG", fleet_tag);
  set(variables, "TAKT_FD", "3");
  std::vector<std::string> entries;
  entries.reserve(variables.size());
  for (const auto& [name, value] : variables) entries.push_back(name + "=" + value);
  return entries;
}

std::expected<std::string, SpawnProblem> find_program(const std::string& program,
                                                      const std::vector<std::string>& environment,
                                                      const std::string& cwd) {
  if (program.contains('/')) return program;
  std::string_view path = kDefaultPath;
  for (const std::string_view entry : environment) {
    if (entry.starts_with("PATH=")) path = entry.substr(5);
  }
  int error = ENOENT;
  for (std::string_view rest = program.empty() ? std::string_view{} : path; !rest.empty();) {
    const auto end = rest.find(':');
    std::string folder(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    if (!folder.starts_with('/')) folder = cwd + "/" + folder;
    std::string file = folder + "/" + program;
    const int why = why_not_executable(file);
    if (why == 0) return file;
    if (why == EACCES) error = EACCES;
  }
  auto problem = problem_with("program " + program, error);
  problem.text += " (looked for in PATH " + std::string(path) + ")";
  return std::unexpected(std::move(problem));
}

}  // namespace takt::exec
