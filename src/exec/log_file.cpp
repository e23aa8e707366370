#include "exec/log_file.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace takt::exec {
namespace {

constexpr int kOpenFolder = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr int kMakeFile = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY;

/// The folder itself may not be a symlink; what is above it is the operator's.
Descriptor open_folder(const std::filesystem::path& folder) {
  Descriptor opened{::open(folder.c_str(), kOpenFolder)};
  if (opened || errno != ENOENT) return opened;
  if (folder.has_parent_path() && folder != folder.parent_path()) {
    std::string made;
    for (const auto& piece : folder) {
      made = (std::filesystem::path(made) / piece).string();
      if (::mkdir(made.c_str(), 0700) != 0 && errno != EEXIST && errno != EROFS &&
          errno != EISDIR) {
        return Descriptor{};
      }
    }
  }
  return Descriptor{::open(folder.c_str(), kOpenFolder)};
}

/// A regular file in the way is removed; anything else (a planted symlink, a fifo) is refused.
Descriptor make_file(int folder, const std::string& name) {
  Descriptor file{::openat(folder, name.c_str(), kMakeFile, 0600)};
  if (file || errno != EEXIST) return file;
  struct stat facts{};
  const bool regular =
      ::fstatat(folder, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(facts.st_mode);
  if (!regular || ::unlinkat(folder, name.c_str(), 0) != 0) {
    errno = ELOOP;
    return Descriptor{};
  }
  return Descriptor{::openat(folder, name.c_str(), kMakeFile, 0600)};
}

std::string why(int error) {
  if (error == ELOOP || error == ENOTDIR) return "something else is in the place of the log";
  return std::generic_category().message(error);
}

}  // namespace

LogFile::LogFile(const std::string& path, std::uint64_t max_bytes)
    : path_(path), max_bytes_(max_bytes) {
  struct stat facts{};
  if (::lstat(path_.c_str(), &facts) == 0 || errno != ENOENT) make();
}

void LogFile::make() {
  made_ = true;
  const std::filesystem::path whole(path_);
  const Descriptor folder = open_folder(whole.parent_path());
  if (folder) file_ = make_file(folder.get(), whole.filename());
  if (!file_) problem_ = "log " + path_ + ": " + why(errno);
}

void LogFile::write(LogStream stream, std::string_view bytes, WallTime now) {
  emitted_ += bytes.size();
  const std::uint64_t room = max_bytes_ - accepted_;
  const auto within = static_cast<std::size_t>(std::min<std::uint64_t>(room, bytes.size()));
  const std::uint64_t beyond = bytes.size() - within;
  if (within == 0 && cut_ > 0) {
    cut_ += beyond;
    return;
  }
  if (now != time_of_) {
    time_ = format_rfc3339(now);
    time_of_ = now;
  }
  accepted_ += within;
  take(stream, bytes.substr(0, within));
  if (beyond > 0) {
    add_partials();
    remark(LogStream::cut, "log_max of " + std::to_string(max_bytes_) + " bytes reached");
    cut_ = beyond;
  }
  store();
}

void LogFile::finish(std::uint64_t unread, WallTime now) {
  time_ = format_rfc3339(now);
  add_partials();
  if (cut_ > 0) remark(LogStream::cut, std::to_string(cut_) + " bytes not stored");
  if (unread > 0) {
    emitted_ += unread;
    remark(LogStream::lost, std::to_string(unread) + " bytes were not read in time");
  }
  store();
  if (lost_ > lost_marked_) store();  // a disk that only now takes a mark
  if (!file_) return;
  if (lost_ > 0 && ::ftruncate(file_.get(), offset_) != 0) failed(errno);
  const std::int64_t ms = millis(now);
  const timespec at{.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1'000'000};
  const timespec times[2] = {at, at};
  if (::futimens(file_.get(), times) != 0) failed(errno);
}

/// Cuts bytes into lines; what has no newline yet waits for it.
void LogFile::take(LogStream stream, std::string_view bytes) {
  std::string& waiting = partial(stream);
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    bytes = end == std::string_view::npos ? std::string_view{} : bytes.substr(end + 1);
    std::string_view line = piece;
    if (!waiting.empty() || end == std::string_view::npos) line = waiting.append(piece);
    while (line.size() > kLogPieceMax) {
      add(stream, line.substr(0, kLogPieceMax), false);
      line.remove_prefix(kLogPieceMax);
    }
    if (end != std::string_view::npos) {
      add(stream, line, true);
      waiting.clear();
    } else if (line.size() != waiting.size()) {
      waiting = std::string(line);
    }
  }
}

void LogFile::add(LogStream stream, std::string_view text, bool newline) {
  append_log_line(pending_, time_, stream, text, newline);
  pending_payload_ += text.size() + (newline ? 1 : 0);
}

void LogFile::add_partials() {
  for (const LogStream stream : {LogStream::out, LogStream::err}) {
    if (!partial(stream).empty()) add(stream, partial(stream), false);
    partial(stream) = {};
  }
}

void LogFile::remark(LogStream stream, const std::string& text) {
  append_log_line(pending_, time_, stream, text, true);
}

/// Writes what is pending at the end of what is whole, so that half a line left by a full disk is
/// overwritten by the next attempt to write.
void LogFile::store() {
  if (!made_ && !pending_.empty()) make();
  if (lost_ > lost_marked_ && file_) {
    std::string mark;
    append_log_line(
        mark, time_, LogStream::lost,
        std::to_string(lost_ - lost_marked_) + " bytes could not be written: " + problem_, true);
    pending_.insert(0, mark);
  }
  if (pending_.empty()) return;
  std::size_t done = 0;
  int error = file_ ? 0 : EBADF;
  while (error == 0 && done < pending_.size()) {
    const ssize_t n = ::pwrite(file_.get(), pending_.data() + done, pending_.size() - done,
                               offset_ + static_cast<std::int64_t>(done));
    if (n >= 0) done += static_cast<std::size_t>(n);
    if (n < 0 && errno != EINTR) error = errno;
  }
  if (error == 0) {
    offset_ += static_cast<std::int64_t>(pending_.size());
    lost_marked_ = lost_;
  } else {
    lost_ += pending_payload_;
    failed(error);
  }
  pending_.clear();
  pending_payload_ = 0;
}

void LogFile::failed(int error) {
  if (problem_.empty()) problem_ = "log " + path_ + ": " + why(error);
}

}  // namespace takt::exec
