#include "witness/work.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "witness/diary.h"
#include "witness/flood.h"
#include "witness/offspring.h"

extern char** environ;

namespace takt::witness {
namespace {

constexpr int kNoDiary = 74;  // EX_IOERR
constexpr int kRefused = 75;  // EX_TEMPFAIL

using Clock = std::chrono::steady_clock;

int complain(const std::string& what, int code) {
  std::fprintf(stderr, "takt-witness: %s\n", what.c_str());
  return code;
}

/// "-" is stdout.
bool write_text(const std::string& file, const std::string& text) {
  if (file == "-") return std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
  std::ofstream out(file, std::ios::trunc | std::ios::binary);
  out << text;
  out.close();
  return out.good();
}

std::string descriptors() {
  std::string text;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const auto target = std::filesystem::read_symlink(entry.path(), gone);
    if (target.string().starts_with("/proc/")) continue;  // the one that lists them
    text += entry.path().filename().string() + "\n";
  }
  return text;
}

std::string environment() {
  std::string text;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    text += *variable;
    text += '\n';
  }
  return text;
}

/// Touches every page; stays mapped until the end of the process.
bool occupy(std::int64_t bytes) {
  if (bytes == 0) return true;
  const auto size = static_cast<std::size_t>(bytes);
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return false;
  std::memset(memory, 0x5a, size);
  return true;
}

std::string make_offspring(const Options& options) {
  const Duration lifetime = options.length + options.lifetime;
  Made made = fork_and_collect(options.forks);
  if (made) made = fork_staying(options.staying, lifetime);
  if (made) made = spawn_orphans(options.orphans);
  if (made && options.daemonize) made = daemonize(false, lifetime);
  if (made && options.daemonize_clean) made = daemonize(true, lifetime);
  if (made && options.hold_stdout) made = hold_stdout(*options.hold_stdout);
  if (made && options.bomb > 0) made = fork_bomb(options.bomb, lifetime);
  return made ? "" : made.error();
}

/// Something that is to be done again and again until the end.
struct Pulse {
  Duration every;
  Clock::time_point next;

  Pulse(Duration period, Clock::time_point begun) : every(period), next(begun + period) {}
  bool is_due(Clock::time_point now) {
    if (every == Duration{0} || now < next) return false;
    next = now + every;
    return true;
  }
};

/// A beat: a line "PROGRESS NOTE" to the descriptor in TAKT_FD. Nobody may be listening any more.
void beat(Clock::time_point begun, Duration length, int count) {
  const char* number = std::getenv("TAKT_FD");
  if (number == nullptr || *number == '\0') return;
  const auto lived = std::chrono::duration_cast<Duration>(Clock::now() - begun);
  const auto progress = length.count() > 0 ? std::min<std::int64_t>(100, 100 * lived / length) : 0;
  const std::string line = fmt::format("{} beat {}\n", progress, count);
  if (::write(std::atoi(number), line.data(), line.size()) < 0) {
    complain("cannot beat: " + std::string(std::strerror(errno)), 0);
  }
}

/// Sleeps, beats, marks and writes until the time is over and the output is out.
int live(const Options& options, const Diary* diary, const Speaker& me) {
  const auto begun = Clock::now();
  const auto end = begun + options.length;
  Pulse beats(options.beat_every, begun);
  Pulse marks(options.mark_every, begun);
  Flood flood(options.output);
  int count = 0;
  for (auto now = begun;; now = Clock::now()) {
    const auto again = flood.pour(now - begun);
    if (beats.is_due(now)) beat(begun, options.length, ++count);
    if (diary != nullptr && marks.is_due(now)) {
      const auto written = diary->append(line_now(Mark::alive, me));
      if (!written) return complain(written.error(), kNoDiary);
    }
    if (now >= end && flood.is_done()) return 0;
    auto until = flood.is_done() ? end : begun + again;
    if (beats.every > Duration{0}) until = std::min(until, beats.next);
    if (marks.every > Duration{0}) until = std::min(until, marks.next);
    const auto wait = std::max(until - Clock::now(), Clock::duration{0});
    const timespec pause{.tv_sec = wait / std::chrono::seconds{1},
                         .tv_nsec = (wait % std::chrono::seconds{1}).count()};
    ::nanosleep(&pause, nullptr);
  }
}

void die_by(int signal) {
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::signal(signal, SIG_DFL);
  sigset_t unblocked;
  ::sigemptyset(&unblocked);
  ::sigaddset(&unblocked, signal);
  ::sigprocmask(SIG_UNBLOCK, &unblocked, nullptr);
  ::raise(signal);
}

int begin(const Options& options, const Diary* diary, const Speaker& me) {
  if (diary != nullptr) {
    const auto before = options.look_back ? diary->last_unended() : std::nullopt;
    if (before && living_since(before->pid) == before->start_ticks) {
      const auto seen = diary->append(line_now(Mark::alive, *before));
      if (!seen) return complain(seen.error(), kNoDiary);
    }
    const auto written = diary->append(line_now(Mark::start, me));
    if (!written) return complain(written.error(), kNoDiary);
  }
  if (options.ignore_term) ::signal(SIGTERM, SIG_IGN);
  if (options.close_stdout) {
    ::close(STDOUT_FILENO);
    ::close(STDERR_FILENO);
  }
  const bool dumped = (options.fds_file.empty() || write_text(options.fds_file, descriptors())) &&
                      (options.env_file.empty() || write_text(options.env_file, environment()));
  if (!dumped) return complain("cannot write what --list-fds or --env asked for", kNoDiary);
  if (!occupy(options.memory_bytes)) return complain("the memory is refused", kRefused);
  const std::string refused = make_offspring(options);
  if (!refused.empty()) return complain(refused, kRefused);
  if (!options.say.empty()) write_text("-", options.say + "\n");
  return 0;
}

}  // namespace

int work(const Options& options) {
  die_after(options.length + options.lifetime);
  const Speaker me = myself();
  const std::optional<Diary> file =
      options.diary ? std::optional<Diary>(*options.diary) : std::nullopt;
  const Diary* diary = file ? &*file : nullptr;
  if (const int code = begin(options, diary, me); code != 0) return code;
  if (const int code = live(options, diary, me); code != 0) return code;
  if (diary != nullptr) {
    Line last = line_now(Mark::end, me);
    last.signal = options.signal;
    if (!options.signal && options.exit_code != 0) last.exit_code = options.exit_code;
    const auto written = diary->append(last);
    if (!written) return complain(written.error(), kNoDiary);
  }
  if (options.signal) die_by(*options.signal);
  return options.exit_code;
}

}  // namespace takt::witness
