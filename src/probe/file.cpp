#include "probe/file.h"

#include <sys/stat.h>

#include <cerrno>
#include <system_error>

namespace takt::probe {
namespace {

std::string error_text(int number) { return std::generic_category().message(number); }

}  // namespace

core::Measurement file_value(const core::FileProbe& file, const core::Condition& condition) {
  const bool succeeds = std::holds_alternative<core::Succeeds>(condition);
  struct stat found{};
  if (stat(file.path.c_str(), &found) != 0) {
    const int error = errno;
    if (error != ENOENT && error != ENOTDIR) {
      return core::Unknown{"cannot look at " + file.path + ": " + error_text(error)};
    }
    if (succeeds) return false;
    return core::Absent{};
  }
  if (succeeds) return true;
  if (!std::holds_alternative<core::Fresh>(condition)) return static_cast<double>(found.st_size);
  const auto written =
      std::chrono::seconds{found.st_mtim.tv_sec} + std::chrono::nanoseconds{found.st_mtim.tv_nsec};
  return format_rfc3339(WallTime{std::chrono::floor<Duration>(written)});
}

}  // namespace takt::probe
