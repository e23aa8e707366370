// exec_witness: the badly behaved jobs of exec's tests, one a verb. Bounded: none forks for ever,
// none lives longer than kLifetime.
//
//   fds                     prints the open descriptors, one a line
//   orphans N               leaves N double-forked children that end at once
//   bomb DEPTH              forks a binary tree whose members replace every child that dies
//   daemonize [clean]       leaves a double-forked process in its own session, without the pipes; with
//                           `clean` its environment is wiped as well
//   ignore-term             says "ready", ignores SIGTERM
//   flood BYTES             writes that many bytes of numbered lines
//   sleep                   lives until it is ended

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <new>
#include <string>
#include <string_view>

namespace {

constexpr unsigned kLifetime = 60;  // seconds
constexpr int kBirthsMax = 20'000;

[[noreturn]] void live() {
  ::alarm(kLifetime);
  for (;;) ::pause();
}

int fds() {
  std::string text;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const auto target = std::filesystem::read_symlink(entry.path(), gone);
    if (target.string().starts_with("/proc/")) continue;  // the one that lists them
    text += entry.path().filename().string() + "\n";
  }
  std::fputs(text.c_str(), stdout);
  return 0;
}

int orphans(int count) {
  for (int i = 0; i < count; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      if (::fork() == 0) ::_exit(0);
      ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
  }
  return 0;
}

/// Keeps two children alive at each level: whoever loses one has another at once.
[[noreturn]] void branch(int depth, std::atomic<int>& births) {
  ::signal(SIGTERM, SIG_IGN);
  ::alarm(kLifetime);
  if (::getpid() % 8 == 0) ::setsid();
  for (int children = 0; depth > 0;) {
    if (children < 2 && births.fetch_add(1) < kBirthsMax) {
      if (::fork() == 0) branch(depth - 1, births);
      ++children;
    } else if (::wait(nullptr) > 0) {
      --children;
    } else {
      break;
    }
  }
  live();
}

int bomb(int depth) {
  void* shared = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  std::puts("ready");
  std::fflush(stdout);
  branch(depth, *new (shared) std::atomic<int>{0});
}

int daemonize(bool clean, char* self) {
  const pid_t between = ::fork();
  if (between != 0) {
    ::waitpid(between, nullptr, 0);  // so that exactly one process is left
    return 0;
  }
  ::setsid();
  if (::fork() != 0) ::_exit(0);
  const int nothing = ::open("/dev/null", O_RDWR);
  for (int fd = 0; fd < 4; ++fd) ::dup2(nothing, fd);
  if (!clean) live();
  char verb[] = "sleep";
  char* argv[] = {self, verb, nullptr};
  char* environment[] = {nullptr};
  ::execve("/proc/self/exe", argv, environment);
  return 1;
}

int flood(long bytes) {
  std::string text;
  for (long number = 0; static_cast<long>(text.size()) < bytes; ++number) {
    text += std::to_string(number) + " the quick brown fox\n";
  }
  text.resize(static_cast<std::size_t>(bytes));
  std::fwrite(text.data(), 1, text.size(), stdout);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view verb = argc > 1 ? argv[1] : "";
  const char* value = argc > 2 ? argv[2] : "";
  if (verb == "fds") return fds();
  if (verb == "orphans") return orphans(std::atoi(value));
  if (verb == "bomb") return bomb(std::atoi(value));
  if (verb == "daemonize") return daemonize(std::string_view(value) == "clean", argv[0]);
  if (verb == "flood") return flood(std::atol(value));
  if (verb == "sleep") live();
  if (verb == "ignore-term") {
    ::signal(SIGTERM, SIG_IGN);
    std::puts("ready");
    std::fflush(stdout);
    live();
  }
  return 2;
}
