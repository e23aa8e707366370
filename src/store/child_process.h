#pragma once
// Child processes of tests: for faults that reach a whole process (limits, mounts, SIGKILL).

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

namespace takt::store {

/// Exit status of a child that has not got the right to set its scene up.
inline constexpr int kNotPermitted = 77;

/// In a child: ends it, with the words on stderr, unless the condition holds.
inline void must(bool condition, const char* words) {
  if (condition) return;
  std::fprintf(stderr, "child: not true: %s\n", words);
  _exit(1);
}

/// Runs `body` in a forked child; its exit status, 0 when the body returned, -1 when it was killed.
template <class Body>
int in_child(Body body) {
  const pid_t child = fork();
  if (child == 0) {
    body();
    _exit(0);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

/// In a child: a small disk of its own at `folder`, which vanishes with it.
inline void mount_small_disk(const std::filesystem::path& folder) {
  const bool mounted = unshare(CLONE_NEWNS) == 0 &&
                       mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                       mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=1m") == 0;
  if (!mounted) _exit(kNotPermitted);
}

}  // namespace takt::store
