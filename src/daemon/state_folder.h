#pragma once
// The state_dir: made, checked and locked before anything in it is touched.

#include <expected>
#include <filesystem>
#include <string>

namespace takt::daemon {

struct StateFolderError {
  enum class Kind { in_use, unsafe, io } kind;
  std::string what;
  std::string hint;
};

/// Holds the lock of a state_dir for as long as it lives. The lock (an OFD lock on takt.lock) ends
/// with the process, however it ends; the file stays and names the last holder's pid.
class StateFolder {
 public:
  /// Makes the folder (0700) where it is missing. Refuses one that belongs to somebody else, is a
  /// symbolic link, or that others can write; in_use when another daemon holds the lock (told at
  /// once; after a daemon that was killed it may take a moment until the lock is free).
  static std::expected<StateFolder, StateFolderError> take(const std::filesystem::path& folder);

  StateFolder(StateFolder&& other) noexcept;
  StateFolder& operator=(StateFolder&&) = delete;
  ~StateFolder();

 private:
  explicit StateFolder(int lock_fd) : lock_fd_(lock_fd) {}
  int lock_fd_;
};

}  // namespace takt::daemon
