#include "daemon/builtin_log.h"

#include "exec/log_file.h"

namespace takt::daemon {

std::int64_t write_builtin_log(const std::string& file, std::uint64_t max_bytes,
                               const std::vector<std::string>& lines, WallTime now) {
  exec::LogFile log(file, max_bytes);
  for (const std::string& line : lines) log.write(exec::LogStream::out, line + "\n", now);
  log.finish(0, now);
  return static_cast<std::int64_t>(log.emitted_bytes());
}

}  // namespace takt::daemon
