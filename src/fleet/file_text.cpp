#include "fleet/file_text.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "fleet/trust.h"

namespace takt::fleet {

FileStamp stamp_of(const struct stat& status) {
  return {
      .device = status.st_dev,
      .inode = status.st_ino,
      .bytes = status.st_size,
      .written_ns = status.st_mtim.tv_sec * std::int64_t{1'000'000'000} + status.st_mtim.tv_nsec};
}

FileProblem cannot_read(int error) {
  FileProblem problem{fmt::format("cannot be read: {}", std::strerror(error)), {}};
  if (error == ENOENT) problem = {"there is no such file", "name one with -f FILE or $TAKT_FLEET"};
  if (error == EACCES) problem.hint = "the user that takt runs as needs to read it";
  return problem;
}

std::string_view kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

std::expected<FileText, FileProblem> read_text(int fd, const std::filesystem::path& path,
                                               bool trust_file, std::uintmax_t bytes_max) {
  struct stat status{};
  if (fstat(fd, &status) != 0) return std::unexpected(cannot_read(errno));
  if (!S_ISREG(status.st_mode)) {
    return std::unexpected(
        FileProblem{fmt::format("is {}, not a fleet file", kind_of(status.st_mode)),
                    "name a file with -f FILE"});
  }
  if (!trust_file) {
    if (auto reason = find_distrust(path, status)) {
      return std::unexpected(FileProblem{std::move(reason->message), std::move(reason->hint)});
    }
  }
  FileText file{.text = {}, .stamp = stamp_of(status)};
  std::string chunk(std::size_t{1} << 16U, '\0');
  while (true) {
    const ssize_t got = read(fd, chunk.data(), chunk.size());
    if (got == 0) return file;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(cannot_read(errno));
    file.text.append(chunk, 0, static_cast<std::size_t>(got));
    if (file.text.size() > bytes_max) {
      return std::unexpected(
          FileProblem{fmt::format("is larger than {} MiB", kFileBytesMax >> 20U), {}});
    }
  }
}

}  // namespace takt::fleet
