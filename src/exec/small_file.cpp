#include "exec/small_file.h"

#include <cerrno>

#include "exec/descriptor.h"

namespace takt::exec {

std::string read_small_file(const std::string& path, std::size_t limit) {
  return read_small_file_at(AT_FDCWD, path.c_str(), limit);
}

std::string read_small_file_at(int directory, const char* name, std::size_t limit) {
  std::string text;
  const Descriptor file{::openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)};
  if (!file) return text;
  std::size_t size = 0;
  while (size < limit) {
    text.resize(size == 0 ? 4096 : size * 2);
    const ssize_t n = ::read(file.get(), text.data() + size, text.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    size += static_cast<std::size_t>(n);
  }
  text.resize(size < limit ? size : limit);
  return text;
}

int write_small_file_at(int directory, const char* name, std::string_view text) {
  const Descriptor file{::openat(directory, name, O_WRONLY | O_CLOEXEC)};
  if (!file) return errno;
  ssize_t n = 0;
  do {
    n = ::write(file.get(), text.data(), text.size());
  } while (n < 0 && errno == EINTR);
  return n == static_cast<ssize_t>(text.size()) ? 0 : (n < 0 ? errno : EIO);
}

}  // namespace takt::exec
