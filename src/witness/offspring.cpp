#include "witness/offspring.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <new>

#include "witness/options.h"

namespace takt::witness {
namespace {

constexpr int kDescriptors = 4;  // 0, 1, 2 and TAKT_FD

[[noreturn]] void live(Duration lifetime) {
  die_after(lifetime);
  for (;;) ::pause();
}

std::unexpected<std::string> refused() {
  return std::unexpected(std::string("cannot fork: ") + std::strerror(errno));
}

/// Keeps two children alive at each level: whoever loses one has another at once.
[[noreturn]] void branch(int depth, std::atomic<int>& births, Duration lifetime) {
  die_after(lifetime);
  if (::getpid() % 8 == 0) ::setsid();
  for (int children = 0; depth > 0;) {
    if (children < 2 && births.fetch_add(1) < kProcessesMax) {
      if (::fork() == 0) branch(depth - 1, births, lifetime);
      ++children;  // a refused fork counts as a child that is gone already
    } else if (::wait(nullptr) > 0) {
      --children;
    } else {
      break;
    }
  }
  live(lifetime);
}

/// Levels of a binary tree of at most `alive` processes.
int depth_of(int alive) {
  int depth = 0;
  while ((4 << depth) - 1 <= alive) ++depth;
  return depth;
}

[[noreturn]] void become_stranger(bool clean, Duration lifetime) {
  const int nothing = ::open("/dev/null", O_RDWR);
  for (int fd = 0; fd < kDescriptors; ++fd) ::dup2(nothing, fd);
  if (!clean) live(lifetime);
  const std::string length = format_duration(lifetime);
  std::string words[] = {"takt-witness", "--unwitnessed", "--for", length};
  char* argv[] = {words[0].data(), words[1].data(), words[2].data(), words[3].data(), nullptr};
  char* environment[] = {nullptr};
  ::execve("/proc/self/exe", argv, environment);
  ::_exit(1);
}

}  // namespace

void die_after(Duration lifetime) {
  ::signal(SIGALRM, SIG_DFL);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(lifetime).count();
  ::alarm(static_cast<unsigned>(seconds < 1 ? 1 : seconds));
}

Made fork_and_collect(int count) {
  for (int i = 0; i < count; ++i) {
    const pid_t child = ::fork();
    if (child < 0) return refused();
    if (child == 0) ::_exit(0);
    ::waitpid(child, nullptr, 0);
  }
  return {};
}

Made fork_staying(int count, Duration lifetime) {
  for (int i = 0; i < count; ++i) {
    const pid_t child = ::fork();
    if (child < 0) return refused();
    if (child == 0) live(lifetime);
  }
  return {};
}

Made spawn_orphans(int count) {
  for (int i = 0; i < count; ++i) {
    const pid_t child = ::fork();
    if (child < 0) return refused();
    if (child == 0) ::_exit(::fork() < 0 ? 1 : 0);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (status != 0) return refused();
  }
  return {};
}

Made daemonize(bool clean, Duration lifetime) {
  const pid_t between = ::fork();
  if (between < 0) return refused();
  if (between > 0) {
    ::waitpid(between, nullptr, 0);  // so that exactly one process is left
    return {};
  }
  ::setsid();
  if (::fork() != 0) ::_exit(0);
  become_stranger(clean, lifetime);
}

Made hold_stdout(Duration how_long) {
  const pid_t child = ::fork();
  if (child < 0) return refused();
  if (child == 0) live(how_long);
  return {};
}

Made fork_bomb(int alive, Duration lifetime) {
  void* shared = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return refused();
  auto* births = new (shared) std::atomic<int>{0};
  const pid_t child = ::fork();
  if (child < 0) return refused();
  if (child > 0) return {};
  ::signal(SIGTERM, SIG_IGN);
  branch(depth_of(alive), *births, lifetime);
}

}  // namespace takt::witness
