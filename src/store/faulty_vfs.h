#pragma once
// FaultyVfs: SQLite's file layer with a disk behind it that lies, for tests. While one exists it is
// the default of the process; everything goes to the real file layer, but syncs of write-ahead logs
// are counted, and fail as often as a test asks.

#include <sqlite3.h>

#include <atomic>

namespace takt::store {

class FaultyVfs {
 public:
  FaultyVfs() : real_(sqlite3_vfs_find(nullptr)), vfs_(*real_) {
    vfs_.zName = "faulty";
    vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
    vfs_.pAppData = this;
    vfs_.xOpen = &FaultyVfs::open;
    sqlite3_vfs_register(&vfs_, 1);
  }
  ~FaultyVfs() { sqlite3_vfs_unregister(&vfs_); }
  FaultyVfs(const FaultyVfs&) = delete;
  FaultyVfs& operator=(const FaultyVfs&) = delete;

  std::atomic<int> log_syncs{0};
  std::atomic<int> log_syncs_to_fail{0};
  std::atomic<int> logs_opened{0};

 private:
  struct File {  // the real file follows it in memory
    sqlite3_file base;
    FaultyVfs* owner;
    bool is_log;
  };

  static sqlite3_file* real(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<File*>(file) + 1);
  }
  static const sqlite3_io_methods& on(sqlite3_file* file) { return *real(file)->pMethods; }

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out) {
    auto* self = static_cast<FaultyVfs*>(vfs->pAppData);
    auto* made = reinterpret_cast<File*>(file);
    made->owner = self;
    made->is_log = (flags & SQLITE_OPEN_WAL) != 0;
    if (made->is_log) ++self->logs_opened;
    const int code = self->real_->xOpen(self->real_, name, real(file), flags, out);
    file->pMethods = real(file)->pMethods != nullptr ? &kMethods : nullptr;
    return code;
  }

  static int sync(sqlite3_file* file, int flags) {
    const auto* mine = reinterpret_cast<File*>(file);
    if (mine->is_log) {
      ++mine->owner->log_syncs;
      if (mine->owner->log_syncs_to_fail > 0) {
        --mine->owner->log_syncs_to_fail;
        return SQLITE_IOERR_FSYNC;
      }
    }
    return on(file).xSync(real(file), flags);
  }

  using F = sqlite3_file;
  using I = sqlite3_int64;
  static constexpr sqlite3_io_methods kMethods{
      3,
      [](F* f) { return on(f).xClose(real(f)); },
      [](F* f, void* to, int size, I at) { return on(f).xRead(real(f), to, size, at); },
      [](F* f, const void* from, int size, I at) { return on(f).xWrite(real(f), from, size, at); },
      [](F* f, I size) { return on(f).xTruncate(real(f), size); },
      &FaultyVfs::sync,
      [](F* f, I* size) { return on(f).xFileSize(real(f), size); },
      [](F* f, int level) { return on(f).xLock(real(f), level); },
      [](F* f, int level) { return on(f).xUnlock(real(f), level); },
      [](F* f, int* held) { return on(f).xCheckReservedLock(real(f), held); },
      [](F* f, int what, void* data) { return on(f).xFileControl(real(f), what, data); },
      [](F* f) { return on(f).xSectorSize(real(f)); },
      [](F* f) { return on(f).xDeviceCharacteristics(real(f)); },
      [](F* f, int page, int size, int extend, void volatile** to) {
        return on(f).xShmMap(real(f), page, size, extend, to);
      },
      [](F* f, int at, int count, int flags) { return on(f).xShmLock(real(f), at, count, flags); },
      [](F* f) { on(f).xShmBarrier(real(f)); },
      [](F* f, int remove) { return on(f).xShmUnmap(real(f), remove); },
      [](F* f, I at, int size, void** to) { return on(f).xFetch(real(f), at, size, to); },
      [](F* f, I at, void* from) { return on(f).xUnfetch(real(f), at, from); }};

  sqlite3_vfs* real_;
  sqlite3_vfs vfs_;
};

}  // namespace takt::store
