#include "witness/diary.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>

namespace takt::witness {
namespace {

std::chrono::nanoseconds read_clock(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

std::int64_t number_of(const char* variable) {
  const char* text = std::getenv(variable);
  return text == nullptr ? 0 : std::strtoll(text, nullptr, 10);
}

/// Whether whoever wrote last was cut off in the middle of a line.
bool ends_torn(int fd) {
  struct stat about{};
  char last = '\n';
  if (::fstat(fd, &about) != 0 || about.st_size == 0) return false;
  return ::pread(fd, &last, 1, about.st_size - 1) == 1 && last != '\n';
}

}  // namespace

std::optional<std::uint64_t> living_since(int pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string text;
  if (!std::getline(file, text)) return std::nullopt;
  const auto name_end = text.rfind(") ");
  if (name_end == std::string::npos) return std::nullopt;
  std::string_view rest = std::string_view(text).substr(name_end + 2);
  if (rest.starts_with('Z') || rest.starts_with('X')) return std::nullopt;
  for (int field = 3; field < 22; ++field) rest.remove_prefix(rest.find(' ') + 1);
  return std::strtoull(rest.data(), nullptr, 10);
}

Speaker myself() {
  return {.run = RunId{number_of("TAKT_RUN_ID")},
          .attempt = static_cast<int>(number_of("TAKT_ATTEMPT")),
          .token = Token{number_of("TAKT_TOKEN")},
          .pid = ::getpid(),
          .start_ticks = living_since(::getpid()).value_or(0)};
}

Line line_now(Mark mark, const Speaker& speaker) {
  Line line;
  line.mark = mark;
  line.speaker = speaker;
  line.realtime = read_clock(CLOCK_REALTIME);
  line.boottime = read_clock(CLOCK_BOOTTIME);
  return line;
}

std::expected<void, std::string> Diary::append(const Line& line) const {
  const auto failed = [&](const char* what, int error) {
    return std::unexpected(fmt::format("{} {}: {}", what, file_, std::strerror(error)));
  };
  const int fd = ::open(file_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return failed("cannot open", errno);
  const std::string text = (ends_torn(fd) ? "\n" : "") + format_line(line) + "\n";
  const ssize_t written = ::write(fd, text.data(), text.size());
  const int error = written < 0 ? errno : ENOSPC;
  const bool whole = written == static_cast<ssize_t>(text.size());
  // A pipe or a terminal has nothing to sync.
  const bool synced = whole && (::fdatasync(fd) == 0 || errno == EINVAL);
  const int sync_error = errno;
  ::close(fd);
  if (!whole) return failed("cannot write to", error);
  if (!synced) return failed("cannot sync", sync_error);
  return {};
}

std::optional<Speaker> Diary::last_unended() const {
  std::ifstream file(file_);
  std::optional<Speaker> last;
  for (std::string text; std::getline(file, text);) {
    const auto line = parse_line(text);
    if (!line) continue;
    if (line->mark == Mark::start) last = line->speaker;
    if (line->mark == Mark::end && last == line->speaker) last.reset();
  }
  return last;
}

}  // namespace takt::witness
