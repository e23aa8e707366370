#include "daemon/file_watch.h"

#include <fmt/format.h>
#include <fnmatch.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace takt::daemon {
namespace {

constexpr unsigned kOfFolders = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR |
                                IN_DELETE_SELF | IN_MOVE_SELF;
constexpr unsigned kOfFiles = IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB;

}  // namespace

FileWatch::FileWatch(boost::asio::io_context& loop, std::function<void()> changed)
    : descriptor_(loop), changed_(std::move(changed)) {
  const int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd < 0) {
    trouble_ = std::strerror(errno);
    return;
  }
  descriptor_.assign(fd);
  wait();
}

int FileWatch::add(const std::filesystem::path& path, unsigned mask) {
  const int watch = inotify_add_watch(descriptor_.native_handle(), path.c_str(), mask);
  // One that is not there is noticed by its folder when it comes.
  if (watch < 0 && errno != ENOENT && errno != ENOTDIR) {
    trouble_ = fmt::format("{}: {}", path.string(), std::strerror(errno));
  }
  return watch;
}

void FileWatch::watch_file(const std::filesystem::path& file) {
  const int watch = add(file, kOfFiles);
  if (watch >= 0) files_[watch] = file;
}

void FileWatch::watch(const fleet::FilesRead& read) {
  if (!descriptor_.is_open()) return;
  trouble_.clear();
  const std::map<int, std::filesystem::path> old_files = std::exchange(files_, {});
  const std::map<int, Folder> old_folders = std::exchange(folders_, {});
  std::map<std::filesystem::path, Folder> wanted;
  for (const fleet::SeenFile& file : read.files) {
    wanted[file.path.parent_path()].names.insert(file.path.filename());
  }
  for (const auto& [path, folder] : read.folders) wanted[path].parts = folder.parts;
  for (auto& [path, folder] : wanted) {
    folder.path = path;
    const int watch = add(path, kOfFolders);
    if (watch >= 0) folders_[watch] = std::move(folder);
  }
  for (const fleet::SeenFile& file : read.files) watch_file(file.path);
  // The same file has the same descriptor as before; what is left is watched no more.
  for (const auto& [watch, path] : old_files) {
    if (!files_.contains(watch)) forget(watch);
  }
  for (const auto& [watch, folder] : old_folders) {
    if (!folders_.contains(watch)) forget(watch);
  }
}

void FileWatch::forget(int watch) {
  being_written_.erase(watch);
  inotify_rm_watch(descriptor_.native_handle(), watch);  // fails when it is gone already: fine
}

void FileWatch::wait() {
  descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                         [this](const boost::system::error_code& error) {
                           if (error) return;  // the loop is being taken down
                           read_events();
                           wait();
                         });
}

void FileWatch::read_events() {
  alignas(inotify_event) std::array<char, 16 * 1024> buffer{};
  bool concerned = false;
  // One buffer a turn of the loop: a flood of changes does not keep anything else waiting.
  const ssize_t got = read(descriptor_.native_handle(), buffer.data(), buffer.size());
  for (ssize_t at = 0; at < got;) {
    const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
    at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
    concerned |= concerns(event->wd, event->mask, event->len > 0 ? event->name : "");
  }
  if (concerned) changed_();
}

bool FileWatch::concerns(int watch, unsigned mask, const char* name) {
  if ((mask & IN_Q_OVERFLOW) != 0) return true;
  if (files_.contains(watch)) {
    if ((mask & IN_MODIFY) != 0) being_written_.insert(watch);
    if ((mask & (IN_CLOSE_WRITE | IN_IGNORED)) != 0) being_written_.erase(watch);
    if ((mask & IN_IGNORED) != 0) files_.erase(watch);
    return true;
  }
  const auto found = folders_.find(watch);
  if (found == folders_.end()) return false;
  if ((mask & IN_IGNORED) != 0) {
    folders_.erase(found);
    return true;
  }
  const Folder& folder = found->second;
  const bool matches = std::ranges::any_of(folder.parts, [&](const std::string& part) {
    return fnmatch(part.c_str(), name, FNM_PERIOD) == 0;
  });
  const bool is_self = (mask & (IN_DELETE_SELF | IN_MOVE_SELF)) != 0;
  if (!matches && !is_self && !folder.names.contains(name)) return false;
  // Whoever still writes to what had the name before is nobody's business any more.
  const std::filesystem::path path = folder.path / name;
  for (const auto& [file, of] : files_) {
    if (of == path) being_written_.erase(file);
  }
  // The new one from its first write on: who has just made it may not have filled it yet.
  if ((mask & (IN_CREATE | IN_MOVED_TO)) != 0 && (mask & IN_ISDIR) == 0) {
    watch_file(path);
  }
  return true;
}

}  // namespace takt::daemon
