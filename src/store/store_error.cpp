#include "store/store_error.h"

#include <fmt/format.h>

#include <system_error>

#include "base/assert.h"

namespace takt::store {

using ports::StoreError;
using Kind = ports::StoreError::Kind;

namespace {

/// "disk I/O error: File too large": SQLite's words, and the system's where it has some.
std::string words_of(const sql::Failure& failure) {
  if (failure.os_error == 0) return failure.what;
  return failure.what + ": " + std::generic_category().message(failure.os_error);
}

StoreError io_error(const sql::Failure& failure, const std::string& file) {
  const std::string what = file + ": " + words_of(failure);
  switch (failure.code & 0xff) {
    case SQLITE_FULL:
      return {Kind::io, what, "free space on that disk; nothing is lost, takt goes on by itself"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return {Kind::io, what,
              "the file, its -wal and -shm, and their folder must be writable by this user (also "
              "for reading: readers announce themselves in -shm)"};
    default:
      return {Kind::io, what, "look at the disk and the system log; takt keeps trying"};
  }
}

}  // namespace

StoreError error_from(const sql::Failure& failure, const std::filesystem::path& file) {
  const std::string path = file.string();
  if (failure.code == 0) {
    return {Kind::too_new, path + ": " + failure.what, "use the newer takt that wrote it"};
  }
  switch (failure.code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {
          Kind::in_use, path + ": another process keeps the database locked",
          fmt::format("find it with: fuser -v {}; nothing is lost, takt goes on when it lets go",
                      path)};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return corrupt(file, failure.what);
    case SQLITE_CONSTRAINT:
      assert_failed("rows fit the store's constraints", __FILE__, __LINE__, failure.what.c_str());
    default:
      return io_error(failure, path);
  }
}

StoreError corrupt(const std::filesystem::path& file, const std::string& what) {
  const std::string path = file.string();
  return {Kind::corrupt, path + ": " + what,
          fmt::format("the file is kept as it is and takt never replaces it. Restore a backup; or "
                      "save what can be read: sqlite3 {0} .recover; or move {0}, {0}-wal and "
                      "{0}-shm aside together to begin with an empty history",
                      path)};
}

StoreError too_new(const std::filesystem::path& file, int version, int known) {
  return {Kind::too_new,
          fmt::format("{}: has schema version {}, this takt knows versions up to {}", file.string(),
                      version, known),
          "use the newer takt that wrote it; the file was not touched"};
}

StoreError system_error(const std::filesystem::path& file, const std::string& what, int os_error,
                        std::string hint) {
  return {Kind::io,
          fmt::format("{}: {}: {}", file.string(), what, std::generic_category().message(os_error)),
          std::move(hint)};
}

}  // namespace takt::store
