#pragma once
// LossyVfs: SQLite's file layer on a disk whose power can be cut, for tests. Everything goes to the
// real files; beside them it keeps what each file held at its last sync and every write since. A
// power cut makes a folder of what could be found afterwards: the synced content, and of the later
// writes any subset, in any order, torn at sectors. Writing a file's name (creating, deleting) is
// taken as durable.

#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace takt::store {

class LossyVfs {
 public:
  LossyVfs() : real_(sqlite3_vfs_find(nullptr)), vfs_(*real_) {
    vfs_.zName = "lossy";
    vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
    vfs_.pAppData = this;
    vfs_.xOpen = &LossyVfs::open;
    vfs_.xDelete = &LossyVfs::remove;
    sqlite3_vfs_register(&vfs_, 1);
  }
  ~LossyVfs() { sqlite3_vfs_unregister(&vfs_); }
  LossyVfs(const LossyVfs&) = delete;
  LossyVfs& operator=(const LossyVfs&) = delete;

  /// What could be found of the files in `from` if the power failed now, as files in `to`.
  void cut_power(const std::filesystem::path& from, const std::filesystem::path& to,
                 std::mt19937& dice) {
    const std::scoped_lock lock(mutex_);
    for (const auto& [name, disk] : disks_) {
      const std::filesystem::path file{name};
      if (file.parent_path() != from) continue;
      std::string found = disk.synced;
      std::vector<Write> later = disk.later;
      std::ranges::shuffle(later, dice);
      for (const Write& write : later) {
        for (std::size_t at = 0; at < write.bytes.size(); at += kSector) {
          if (dice() % 3 == 0) continue;
          apply(found, {write.offset + at, write.bytes.substr(at, kSector)});
        }
      }
      if (disk.truncated_to && dice() % 2 == 0) found.resize(*disk.truncated_to);
      std::ofstream(to / file.filename(), std::ios::binary) << found;
    }
  }

 private:
  static constexpr std::size_t kSector = 512;

  struct Write {
    std::size_t offset;
    std::string bytes;
  };
  struct Disk {
    std::string synced;   // at the last sync
    std::string current;  // as a reader sees it
    std::vector<Write> later;
    std::optional<std::size_t> truncated_to;  // since the last sync
  };
  struct File {  // the real file follows it in memory
    sqlite3_file base;
    LossyVfs* owner;
    std::string* name;  // of its disk; none: not watched
  };

  static void apply(std::string& content, const Write& write) {
    if (content.size() < write.offset + write.bytes.size()) {
      content.resize(write.offset + write.bytes.size(), '\0');
    }
    content.replace(write.offset, write.bytes.size(), write.bytes);
  }

  static sqlite3_file* real(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<File*>(file) + 1);
  }
  static const sqlite3_io_methods& on(sqlite3_file* file) { return *real(file)->pMethods; }

  template <class Change>
  static void change(sqlite3_file* file, Change made) {
    auto* mine = reinterpret_cast<File*>(file);
    if (mine->name == nullptr) return;
    const std::scoped_lock lock(mine->owner->mutex_);
    made(mine->owner->disks_[*mine->name]);
  }

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out) {
    auto* self = static_cast<LossyVfs*>(vfs->pAppData);
    auto* made = reinterpret_cast<File*>(file);
    made->owner = self;
    const bool watched = name != nullptr && (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_DB)) != 0;
    made->name = watched ? new std::string(name) : nullptr;
    const int code = self->real_->xOpen(self->real_, name, real(file), flags, out);
    file->pMethods = real(file)->pMethods != nullptr ? &kMethods : nullptr;
    if (file->pMethods == nullptr) {
      delete std::exchange(made->name, nullptr);
      return code;
    }
    const std::scoped_lock lock(self->mutex_);
    if (!watched || self->disks_.contains(name)) return code;
    std::ifstream in(name, std::ios::binary);
    Disk disk;
    disk.current.assign(std::istreambuf_iterator<char>(in), {});
    disk.synced = disk.current;
    self->disks_.emplace(name, std::move(disk));
    return code;
  }

  static int remove(sqlite3_vfs* vfs, const char* name, int sync) {
    auto* self = static_cast<LossyVfs*>(vfs->pAppData);
    const int code = self->real_->xDelete(self->real_, name, sync);
    const std::scoped_lock lock(self->mutex_);
    if (code == SQLITE_OK) self->disks_.erase(name);
    return code;
  }

  using F = sqlite3_file;
  using I = sqlite3_int64;

  static int close(F* file) {
    delete std::exchange(reinterpret_cast<File*>(file)->name, nullptr);
    return on(file).xClose(real(file));
  }
  static int write(F* file, const void* from, int size, I at) {
    const int code = on(file).xWrite(real(file), from, size, at);
    if (code != SQLITE_OK) return code;
    change(file, [&](Disk& disk) {
      Write made{static_cast<std::size_t>(at),
                 {static_cast<const char*>(from), static_cast<std::size_t>(size)}};
      apply(disk.current, made);
      disk.later.push_back(std::move(made));
    });
    return code;
  }
  static int truncate(F* file, I size) {
    const int code = on(file).xTruncate(real(file), size);
    if (code != SQLITE_OK) return code;
    change(file, [&](Disk& disk) {
      disk.current.resize(static_cast<std::size_t>(size), '\0');
      disk.truncated_to = static_cast<std::size_t>(size);
    });
    return code;
  }
  static int sync(F* file, int flags) {
    const int code = on(file).xSync(real(file), flags);
    if (code != SQLITE_OK) return code;
    change(file, [&](Disk& disk) {
      disk.synced = disk.current;
      disk.later.clear();
      disk.truncated_to.reset();
    });
    return code;
  }

  // Version 2: without memory mapping, every write passes here.
  static constexpr sqlite3_io_methods kMethods{
      2,
      &LossyVfs::close,
      [](F* f, void* to, int size, I at) { return on(f).xRead(real(f), to, size, at); },
      &LossyVfs::write,
      &LossyVfs::truncate,
      &LossyVfs::sync,
      [](F* f, I* size) { return on(f).xFileSize(real(f), size); },
      [](F* f, int level) { return on(f).xLock(real(f), level); },
      [](F* f, int level) { return on(f).xUnlock(real(f), level); },
      [](F* f, int* held) { return on(f).xCheckReservedLock(real(f), held); },
      [](F* f, int what, void* data) { return on(f).xFileControl(real(f), what, data); },
      [](F* f) { return on(f).xSectorSize(real(f)); },
      [](F*) { return 0; },  // no promises: writes may be torn, and reordered
      [](F* f, int page, int size, int extend, void volatile** to) {
        return on(f).xShmMap(real(f), page, size, extend, to);
      },
      [](F* f, int at, int count, int flags) { return on(f).xShmLock(real(f), at, count, flags); },
      [](F* f) { on(f).xShmBarrier(real(f)); },
      [](F* f, int remove) { return on(f).xShmUnmap(real(f), remove); },
      nullptr,
      nullptr};

  sqlite3_vfs* real_;
  sqlite3_vfs vfs_;
  std::mutex mutex_;
  std::map<std::string, Disk> disks_;
};

}  // namespace takt::store
