#pragma once
// The log of a builtin's attempt: the same kind of file as a job's, written whole at its end.

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"

namespace takt::daemon {

/// Blocking; never on the loop's thread. Returns the bytes of the lines. No lines: no file.
std::int64_t write_builtin_log(const std::string& file, std::uint64_t max_bytes,
                               const std::vector<std::string>& lines, WallTime now);

}  // namespace takt::daemon
