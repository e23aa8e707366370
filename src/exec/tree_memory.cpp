#include "exec/tree_memory.h"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <optional>
#include <string_view>

#include "exec/small_file.h"

namespace takt::exec {
namespace {

constexpr std::int64_t kKiB = 1024;

std::string proc_file(int pid, std::string_view name) {
  return fmt::format("/proc/{}/{}", pid, name);
}

std::optional<std::int64_t> number_at(std::string_view text, std::size_t at) {
  at = text.find_first_not_of(' ', at);
  std::int64_t value = 0;
  if (at == std::string_view::npos) return std::nullopt;
  const auto read = std::from_chars(text.data() + at, text.data() + text.size(), value);
  return read.ec == std::errc{} ? std::optional(value) : std::nullopt;
}

/// The second number of statm, which counts pages.
std::int64_t resident_bytes(int pid) {
  static const std::int64_t page = ::sysconf(_SC_PAGESIZE);
  const std::string text = read_small_file(proc_file(pid, "statm"), 256);
  const auto blank = text.find(' ');
  if (blank == std::string::npos) return 0;
  return number_at(text, blank).value_or(0) * page;
}

std::int64_t proportional_bytes(int pid) {
  constexpr std::string_view kName = "\nPss:";
  const std::string text = read_small_file(proc_file(pid, "smaps_rollup"), 8192);
  const auto at = text.find(kName);
  const auto kilobytes =
      at == std::string::npos ? std::nullopt : number_at(text, at + kName.size());
  return kilobytes ? *kilobytes * kKiB : resident_bytes(pid);
}

}  // namespace

std::int64_t resident_bytes(const std::vector<int>& pids) {
  std::int64_t sum = 0;
  for (const int pid : pids) sum += resident_bytes(pid);
  return sum;
}

std::int64_t proportional_bytes(const std::vector<int>& pids) {
  std::int64_t sum = 0;
  for (const int pid : pids) sum += proportional_bytes(pid);
  return sum;
}

std::string mebibytes(std::int64_t bytes) {
  return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1 << 20));
}

}  // namespace takt::exec
