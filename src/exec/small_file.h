#pragma once
// Reading and writing the kernel's small text files (/proc, /sys/fs/cgroup) whole.

#include <cstddef>
#include <string>
#include <string_view>

namespace takt::exec {

/// The file's content, at most `limit` bytes; empty when it cannot be read (errno tells why).
std::string read_small_file(const std::string& path, std::size_t limit = 1U << 16U);

/// Same, of `name` beneath an open directory.
std::string read_small_file_at(int directory, const char* name, std::size_t limit = 1U << 16U);

/// Writes `text` in one write. 0, or the errno.
int write_small_file_at(int directory, const char* name, std::string_view text);

}  // namespace takt::exec
