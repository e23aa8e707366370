#include "daemon/state_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>

#include "base/state_dir.h"

namespace takt::daemon {
namespace {

using Kind = StateFolderError::Kind;
using Error = std::unexpected<StateFolderError>;

Error io_error(const std::filesystem::path& path, const char* deed) {
  return Error({Kind::io,
                fmt::format("cannot {} {}: {}", deed, path.string(), std::strerror(errno)),
                "check the path and the disk, or set fleet.state_dir"});
}

std::expected<void, StateFolderError> check_folder(const std::filesystem::path& folder) {
  struct stat found{};
  if (lstat(folder.c_str(), &found) != 0) return io_error(folder, "look at");
  if (!S_ISDIR(found.st_mode)) {
    return Error({Kind::unsafe,
                  fmt::format("state_dir {} is not a folder of its own", folder.string()),
                  "a symbolic link or a file lies there; move it away or set fleet.state_dir"});
  }
  if (found.st_uid != geteuid()) {
    return Error({Kind::unsafe,
                  fmt::format("state_dir {} belongs to another user (uid {})", folder.string(),
                              found.st_uid),
                  "run takt as that user or set fleet.state_dir"});
  }
  if ((found.st_mode & 077U) != 0 && chmod(folder.c_str(), 0700) != 0) {
    return io_error(folder, "close to others");
  }
  return {};
}

std::string holder_of(int fd) {
  std::array<char, 32> text{};
  const auto got = pread(fd, text.data(), text.size() - 1, 0);
  std::string pid(text.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  while (!pid.empty() && pid.back() == '\n') pid.pop_back();
  return pid;
}

bool try_lock(int fd) {
  struct flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

/// The last holder is dead, but not everything that it was: a child that it had cloned and that has
/// not got to its exec yet shares the lock for a moment.
bool is_dead(const std::string& pid) {
  const long number = std::strtol(pid.c_str(), nullptr, 10);
  return number > 0 && kill(static_cast<pid_t>(number), 0) != 0 && errno == ESRCH;
}

/// Waits for such a child, at most a second. Somebody who lives is not waited for.
bool lock_after_the_dead(int fd) {
  constexpr int kTries = 100;
  for (int i = 0; i < kTries && is_dead(holder_of(fd)); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
    if (try_lock(fd)) return true;
  }
  return false;
}

}  // namespace

std::expected<StateFolder, StateFolderError> StateFolder::take(
    const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder.parent_path(), error);
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return io_error(folder, "make");
  if (auto checked = check_folder(folder); !checked) return std::unexpected(checked.error());

  const std::filesystem::path file = lock_file(folder);
  const int fd = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return io_error(file, "open");
  StateFolder taken{fd};
  bool locked = try_lock(fd);
  if (!locked && errno != EAGAIN && errno != EACCES) return io_error(file, "lock");
  if (!locked) locked = lock_after_the_dead(fd);
  if (!locked) {
    const std::string pid = holder_of(fd);
    return Error({Kind::in_use,
                  fmt::format("another daemon runs on {}{}", folder.string(),
                              pid.empty() ? "" : fmt::format(" (pid {})", pid)),
                  "`takt status` talks to it, `takt down` stops it"});
  }
  const std::string pid = std::to_string(getpid()) + "\n";
  if (ftruncate(fd, 0) != 0 || pwrite(fd, pid.data(), pid.size(), 0) < 0) {
    // The pid only serves a message; a full disk must not keep the fleet from starting.
    errno = 0;
  }
  return taken;
}

StateFolder::StateFolder(StateFolder&& other) noexcept
    : lock_fd_(std::exchange(other.lock_fd_, -1)) {}

StateFolder::~StateFolder() {
  if (lock_fd_ >= 0) close(lock_fd_);
}

}  // namespace takt::daemon
