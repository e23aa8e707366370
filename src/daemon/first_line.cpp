#include "daemon/first_line.h"

#include <sys/stat.h>

#include "exec/log_format.h"

namespace takt::daemon {

core::Measurement first_line_of(const std::string& log_file) {
  struct stat facts{};
  if (::stat(log_file.c_str(), &facts) != 0) return core::Absent{};  // silent: no log was made
  auto reader = exec::LogReader::open(log_file);
  if (!reader) return core::Unknown{reader.error()};
  while (const auto line = reader->next()) {
    if (line->stream == exec::LogStream::out) return line->text;
  }
  return core::Absent{};
}

}  // namespace takt::daemon
