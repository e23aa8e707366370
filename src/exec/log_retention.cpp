#include "exec/log_retention.h"

#include <dirent.h>
#include <sys/stat.h>

#include <charconv>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "exec/descriptor.h"

namespace takt::exec {
namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && value > 0 ? std::optional(value) : std::nullopt;
}

/// The run of "<run>-<attempt>.log"; nullopt for any other name.
std::optional<std::int64_t> run_of(std::string_view name) {
  if (!name.ends_with(".log")) return std::nullopt;
  name.remove_suffix(4);
  const auto dash = name.find('-');
  if (dash == std::string_view::npos || !number(name.substr(dash + 1))) return std::nullopt;
  return number(name.substr(0, dash));
}

std::multimap<std::int64_t, std::string, std::greater<>> logs_by_run(DIR* directory) {
  std::multimap<std::int64_t, std::string, std::greater<>> logs;
  while (const dirent* entry = ::readdir(directory)) {
    if (const auto run = run_of(entry->d_name)) logs.emplace(*run, entry->d_name);
  }
  return logs;
}

}  // namespace

int prune_logs(const std::string& folder, int keep_runs, Duration keep_for, WallTime now,
               const std::function<bool(const std::string& name)>& in_use) {
  const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (opened < 0) return 0;
  const std::unique_ptr<DIR, CloseDirectory> directory{::fdopendir(opened)};
  if (!directory) {
    ::close(opened);
    return 0;
  }
  int deleted = 0;
  int runs = 0;
  std::int64_t last_run = 0;
  for (const auto& [run, name] : logs_by_run(directory.get())) {
    if (run != last_run) ++runs;
    last_run = run;
    struct stat facts{};
    if (::fstatat(opened, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (!S_ISREG(facts.st_mode) || (in_use && in_use(name))) continue;
    const WallTime modified{std::chrono::seconds{facts.st_mtim.tv_sec}};
    if (runs <= keep_runs && now - modified <= keep_for) continue;
    if (::unlinkat(opened, name.c_str(), 0) == 0) ++deleted;
  }
  return deleted;
}

}  // namespace takt::exec
