#pragma once
// FileLock: one process at a time holds a named file (flock). The kernel lets go of it when the
// process ends, however it ends, so a lock is never left behind.

#include <string>

namespace bot {

class FileLock {
 public:
  enum class Wait { kUntilFree, kNot };

  /// Creates the file (0600) where needed. Throws Failed when it cannot be opened, or with kNot
  /// when somebody else holds it.
  FileLock(const std::string& path, Wait wait);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace bot
