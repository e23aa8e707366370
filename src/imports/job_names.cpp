#include "imports/job_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "fleet/names.h"

namespace takt::imports {
namespace {

using Words = std::vector<std::string_view>;

constexpr std::string_view kFallback = "job";
constexpr std::size_t kLookedAt = 4096;  // of a command

template <std::size_t N>
bool one_of(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

/// They stand in front of what a line is about.
constexpr std::array<std::string_view, 14> kPreparing{
    "cd",     "test", "[",     "[[",    "export",  "set",   "true",
    "source", ".",    "umask", "sleep", "command", "mkdir", "which"};
/// They run the command that follows them.
constexpr std::array<std::string_view, 16> kWrappers{
    "nice", "ionice", "env",     "sudo", "flock",  "timeout", "nohup",       "time",
    "exec", "setsid", "chronic", "chrt", "cronic", "stdbuf",  "systemd-cat", "doas"};
constexpr std::array<std::string_view, 16> kInterpreters{
    "sh",   "bash", "dash", "zsh",    "ksh", "python",  "python2", "python3",
    "perl", "ruby", "node", "nodejs", "php", "Rscript", "java",    "deno"};
constexpr std::array<std::string_view, 9> kSuffixes{".sh", ".bash", ".py", ".pl", ".rb",
                                                    ".js", ".php",  ".R",  ".jar"};

std::string_view base_name(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return path.substr(path.rfind('/') + 1);
}

std::string_view stem(std::string_view path) {
  auto name = base_name(path);
  for (const auto suffix : kSuffixes) {
    if (name.size() > suffix.size() && name.ends_with(suffix)) {
      name.remove_suffix(suffix.size());
      break;
    }
  }
  return name;
}

bool is_assignment(std::string_view word) {
  const auto equals = word.find('=');
  return equals != std::string_view::npos && equals > 0 &&
         word.substr(0, equals).find_first_of("/-.$") == std::string_view::npos;
}

bool is_number(std::string_view word) {
  return !word.empty() && word.find_first_not_of("0123456789.smhd") == std::string_view::npos &&
         word.front() >= '0' && word.front() <= '9';
}

/// The commands of a line, each as words; quotes and brackets are not told from letters.
std::vector<Words> commands_of(std::string_view line) {
  constexpr std::string_view kBetween = "&|;\n(){}`";
  constexpr std::string_view kBlank = " \t\"'";
  std::vector<Words> commands(1);
  for (std::size_t at = 0; at < line.size();) {
    if (kBetween.find(line[at]) != std::string_view::npos) {
      if (!commands.back().empty()) commands.emplace_back();
      ++at;
    } else if (kBlank.find(line[at]) != std::string_view::npos) {
      ++at;
    } else {
      const auto end = std::min(line.find_first_of(" \t\"'&|;\n(){}`", at), line.size());
      commands.back().push_back(line.substr(at, end - at));
      at = end;
    }
  }
  if (commands.back().empty()) commands.pop_back();
  return commands;
}

/// Past assignments, wrappers and what belongs to them.
std::span<const std::string_view> unwrapped(std::span<const std::string_view> words) {
  bool in_wrapper = false;
  while (!words.empty()) {
    const auto word = words.front();
    const bool wrapper = one_of(kWrappers, base_name(word));
    // flock FILE, timeout 5m, nice -n 5: none of them is a program.
    const bool of_wrapper =
        in_wrapper &&
        (word.starts_with('-') || is_number(word) || word.ends_with(".lock") ||
         word.starts_with("/var/lock") || word.starts_with("/run/") || word.starts_with("/tmp/"));
    if (!wrapper && !of_wrapper && !is_assignment(word)) return words;
    in_wrapper = in_wrapper || wrapper;
    words = words.subspan(1);
  }
  return words;
}

/// The first word that is no option.
std::optional<std::string_view> first_argument(std::span<const std::string_view> words) {
  for (const auto word : words) {
    if (word.starts_with('>') || word.starts_with('<') || word.starts_with("2>")) break;
    if (!word.starts_with('-') && !is_assignment(word)) return word;
  }
  return std::nullopt;
}

std::vector<std::string> names_of(std::span<const std::string_view> words) {
  auto program = words.front();
  auto rest = words.subspan(1);
  const auto interpreter = base_name(program);
  const bool of_dots = interpreter == "run-parts";
  if (of_dots || one_of(kInterpreters, interpreter)) {
    const auto script = first_argument(rest);
    if (script) {
      rest = rest.subspan(
          static_cast<std::size_t>(std::ranges::find(rest, *script) - rest.begin()) + 1);
      program = *script;
    }
  }
  const auto name = of_dots ? base_name(program) : stem(program);
  std::vector<std::string> names{std::string{name}};
  if (const auto argument = first_argument(rest)) {
    names.push_back(fmt::format("{}-{}", name, stem(*argument)));
  }
  return names;
}

}  // namespace

std::vector<std::string> names_of_command(std::string_view command) {
  const auto commands = commands_of(command.substr(0, kLookedAt));
  std::vector<std::string> names;
  for (const auto& words : commands) {
    const auto rest = unwrapped(words);
    if (rest.empty()) continue;
    if (!one_of(kPreparing, base_name(rest.front()))) return names_of(rest);
    if (names.empty()) names = names_of(rest);  // should nothing else follow
  }
  return names;
}

std::string JobNames::take(const std::vector<std::string>& wanted) {
  std::string first;
  for (const auto& text : wanted) {
    auto name = fleet::as_name(text, kFallback);
    while (name.size() > 1 && (name.back() == '-' || name.back() == '.')) name.pop_back();
    if (!fleet::valid_name(name)) name = kFallback;
    if (taken_.insert(name).second) return name;
    if (first.empty()) first = std::move(name);
  }
  if (first.empty()) first = kFallback;
  for (int n = 2;; ++n) {
    const auto number = fmt::format("-{}", n);
    auto name = first.substr(0, fleet::kNameLengthMax - number.size()) + number;
    if (taken_.insert(name).second) return name;
  }
}

}  // namespace takt::imports
