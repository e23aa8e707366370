#include "fleet/load.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <expected>
#include <string>
#include <utility>

#include "fleet/trust.h"

namespace takt::fleet {
namespace {

struct Failure {
  std::string message;
  std::string hint;
};

class OpenFile {
 public:
  explicit OpenFile(int fd) : fd_(fd) {}
  ~OpenFile() {
    if (fd_ >= 0) close(fd_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

Failure cannot_read(int error) {
  Failure failure{fmt::format("cannot be read: {}", std::strerror(error)), {}};
  if (error == ENOENT) failure = {"there is no such file", "name one with -f FILE or $TAKT_FLEET"};
  if (error == EACCES) failure.hint = "the user that takt runs as needs to read it";
  return failure;
}

/// What the file is, other than a regular one.
std::string_view kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

std::optional<Failure> judge(const std::filesystem::path& path, const struct stat& status,
                             const LoadOptions& options) {
  if (!S_ISREG(status.st_mode)) {
    return Failure{fmt::format("is {}, not a fleet file", kind_of(status.st_mode)),
                   "name a file with -f FILE"};
  }
  if (options.trust_file) return std::nullopt;
  if (auto reason = find_distrust(path, status)) {
    return Failure{std::move(reason->message), std::move(reason->hint)};
  }
  return std::nullopt;
}

std::expected<std::string, Failure> read_all(int fd) {
  std::string text;
  std::string chunk(std::size_t{1} << 16U, '\0');
  while (true) {
    const ssize_t got = read(fd, chunk.data(), chunk.size());
    if (got == 0) return text;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(cannot_read(errno));
    text.append(chunk, 0, static_cast<std::size_t>(got));
    if (text.size() > kFileBytesMax) {
      return std::unexpected(
          Failure{fmt::format("is larger than {} MiB", kFileBytesMax >> 20U), {}});
    }
  }
}

/// The status is that of the open file, so what is judged is what is read. The first look keeps
/// devices from being opened at all.
std::expected<std::string, Failure> read_file(const std::filesystem::path& path,
                                              const LoadOptions& options) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return std::unexpected(cannot_read(errno));
  if (!S_ISREG(status.st_mode)) return std::unexpected(*judge(path, status, options));
  const OpenFile file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  if (file.fd() < 0 || fstat(file.fd(), &status) != 0) return std::unexpected(cannot_read(errno));
  if (auto failure = judge(path, status, options)) return std::unexpected(std::move(*failure));
  return read_all(file.fd());
}

}  // namespace

Loaded load(const std::filesystem::path& path, const LoadOptions& options) {
  const auto text = read_file(path, options);
  if (text) return decode(*text, path);
  Problem problem;
  problem.file = path.string();
  problem.message = text.error().message;
  problem.hint = text.error().hint;
  return {std::nullopt, {std::move(problem)}, {}};
}

}  // namespace takt::fleet
