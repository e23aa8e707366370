#include "exec/log_format.h"

#include <sys/stat.h>

#include <cerrno>
#include <system_error>

namespace takt::exec {
namespace {

constexpr std::size_t kReadBytes = 64U << 10U;
constexpr std::size_t kForeignLineMax = 1U << 20U;  // takt's own lines are far shorter

LogLine foreign(std::string_view line) { return {.text = std::string(line)}; }

}  // namespace

void append_log_line(std::string& to, std::string_view time, LogStream stream,
                     std::string_view text, bool newline) {
  to.append(time).append(1, ' ').append(word(stream));
  to.append(newline ? " " : "+ ").append(text).append(1, '\n');
}

LogLine parse_log_line(std::string_view line) {
  const auto time_end = line.find(' ');
  if (time_end == std::string_view::npos) return foreign(line);
  const auto stream_end = line.find(' ', time_end + 1);
  const auto at = parse_rfc3339(line.substr(0, time_end));
  if (stream_end == std::string_view::npos || !at) return foreign(line);
  std::string_view name = line.substr(time_end + 1, stream_end - time_end - 1);
  const bool piece = name.ends_with('+');
  if (piece) name.remove_suffix(1);
  const auto stream = from_word<LogStream>(name);
  if (!stream || *stream == LogStream::unknown) return foreign(line);
  return {.at = *at,
          .stream = *stream,
          .text = std::string(line.substr(stream_end + 1)),
          .newline = !piece};
}

std::expected<LogReader, std::string> LogReader::open(const std::string& path) {
  Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)};
  if (!file) {
    if (errno == ELOOP)
      return std::unexpected(path + ": is a symbolic link, which takt never made");
    return std::unexpected(path + ": " + std::generic_category().message(errno));
  }
  struct stat facts{};
  if (::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return std::unexpected(path + ": is not a regular file");
  }
  return LogReader(std::move(file));
}

std::optional<LogLine> LogReader::next() {
  std::size_t searched = used_;
  for (;;) {
    const auto end = buffer_.find('\n', searched);
    if (end != std::string::npos) {
      const auto line = std::string_view(buffer_).substr(used_, end - used_);
      used_ = end + 1;
      return parse_log_line(line);
    }
    if (buffer_.size() - used_ > kForeignLineMax) {
      LogLine line = foreign(std::string_view(buffer_).substr(used_));
      used_ = buffer_.size();
      return line;
    }
    buffer_.erase(0, used_);
    used_ = 0;
    searched = buffer_.size();
    buffer_.resize(searched + kReadBytes);
    const ssize_t n = ::read(file_.get(), buffer_.data() + searched, kReadBytes);
    buffer_.resize(searched + static_cast<std::size_t>(n > 0 ? n : 0));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return std::nullopt;
  }
}

}  // namespace takt::exec
