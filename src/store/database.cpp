#include "store/database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "core/rows.h"
#include "store/row_sql.h"
#include "store/schema.h"
#include "store/store_error.h"

namespace takt::store {
namespace {

using ports::StoreError;
using std::filesystem::path;
using Kind = ports::StoreError::Kind;

constexpr std::chrono::milliseconds kPatience{1000};  // with somebody else's lock, while looking

path beside(const path& file, const char* suffix) { return file.string() + suffix; }

std::uintmax_t size_of(const path& file) {
  std::error_code ignored;  // a file that cannot be measured counts as empty
  const auto size = std::filesystem::file_size(file, ignored);
  return ignored ? 0 : size;
}

std::optional<StoreError> check_version(sql::Connection& database, const path& file) {
  const auto version = schema_version(database);
  if (!version) return error_from(database.recover(), file);
  if (*version == 0) return corrupt(file, "is an SQLite database, but not one of takt's");
  const int known = migrations().back().to_version;
  if (*version <= known) return std::nullopt;
  return too_new(file, *version, known);
}

std::optional<StoreError> check_owner(sql::Connection& database, const path& file,
                                      const Owner& owner) {
  sql::Statement select(database, "SELECT name, speed FROM fleet");
  std::string name;
  double speed = 0;
  if (!select.next()) {
    if (!database.ok()) return error_from(database.recover(), file);
    return std::nullopt;
  }
  select.read(name, speed);
  if (name != owner.fleet) {
    return StoreError{
        Kind::foreign_fleet,
        fmt::format("{}: belongs to fleet \"{}\", not to \"{}\"", file.string(), name, owner.fleet),
        "give each fleet a state_dir of its own, or move the database aside"};
  }
  if (speed != owner.speed) {
    return StoreError{Kind::foreign_fleet,
                      fmt::format("{}: was made at --speed {}, not at --speed {}", file.string(),
                                  speed, owner.speed),
                      fmt::format("start with --speed {}, or use another state_dir, or move the "
                                  "database aside",
                                  speed)};
  }
  return std::nullopt;
}

std::optional<StoreError> check_pages(sql::Connection& database, const path& file, Depth depth) {
  if (depth == Depth::quick || size_of(file) > kWholeCheckBytesMax) return std::nullopt;
  const auto verdict = database.value<std::string>("PRAGMA quick_check(1)");
  if (!verdict) return error_from(database.recover(), file);
  if (*verdict != "ok") return corrupt(file, "is broken: " + *verdict);
  return std::nullopt;
}

/// Gives the new database its name; an existing file stays.
std::optional<StoreError> put_in_place(const path& made, const path& file) {
  const char* hint = "the folder must exist and be writable";
  if (renameat2(AT_FDCWD, made.c_str(), AT_FDCWD, file.c_str(), RENAME_NOREPLACE) != 0) {
    return system_error(file, "cannot name the new database", errno, hint);
  }
  const path folder = file.has_parent_path() ? file.parent_path() : path(".");
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && fsync(fd) == 0;
  const int error = errno;
  if (fd >= 0) close(fd);
  if (!synced) return system_error(folder, "cannot sync the folder", error, hint);
  return std::nullopt;
}

}  // namespace

std::expected<std::optional<FileIdentity>, StoreError> identify(const path& file) {
  struct stat status{};
  if (lstat(file.c_str(), &status) != 0) {
    if (errno == ENOENT) return std::nullopt;
    return std::unexpected(
        system_error(file, "cannot be looked at", errno, "its folder must be accessible"));
  }
  if (!S_ISREG(status.st_mode)) {
    return std::unexpected(
        StoreError{Kind::io,
                   fmt::format("{}: is {}", file.string(),
                               S_ISLNK(status.st_mode) ? "a symbolic link" : "not a plain file"),
                   "put the database itself there, or name its real folder as state_dir"});
  }
  return FileIdentity{status.st_dev, status.st_ino};
}

std::optional<StoreError> inspect(const path& file, Depth depth,
                                  const std::optional<Owner>& owner) {
  if (size_of(file) == 0) return corrupt(file, "is empty, and takt never leaves it so");
  auto opened = sql::Connection::open(file, sql::Connection::Access::read, kPatience);
  if (!opened) return error_from(opened.error(), file);
  sql::Connection& database = *opened;
  if (auto error = check_version(database, file)) return error;
  if (auto error = check_pages(database, file, depth)) return error;
  if (owner) return check_owner(database, file, *owner);
  return std::nullopt;
}

std::optional<StoreError> create(const path& file) {
  const char* hint = "the folder must exist and be writable";
  if (size_of(beside(file, "-wal")) > 0) {
    auto error = corrupt(file, "is missing, but its -wal file is there, with the newest rows");
    error.hint = fmt::format(
        "put {0} back beside {0}-wal; or move {0}-wal and {0}-shm aside to "
        "begin with an empty history",
        file.string());
    return error;
  }
  const path made = beside(file, ".new");
  for (const char* suffix : std::array{"", "-wal", "-shm", "-journal"}) {
    unlink(beside(made, suffix).c_str());  // leftovers of a start that was killed here
  }
  const int fd = open(made.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return system_error(file, "cannot make the database", errno, hint);
  close(fd);
  {
    auto database = open_for_writing(made, kPatience);
    if (!database) return database.error();
    database->exec("PRAGMA wal_checkpoint(TRUNCATE)");
    if (!database->ok()) return error_from(database->recover(), file);
  }
  return put_in_place(made, file);
}

std::expected<JournalMark, StoreError> journal_mark(const path& file) {
  auto opened = sql::Connection::open(file, sql::Connection::Access::read, kPatience);
  if (!opened) return std::unexpected(error_from(opened.error(), file));
  return journal_mark(*opened, file);
}

std::expected<JournalMark, StoreError> journal_mark(sql::Connection& database, const path& file) {
  JournalMark mark;
  {
    sql::Statement select(database, "SELECT store_id, generation FROM journal");
    if (select.next()) select.read(mark.store_id, mark.generation);
  }
  if (!database.ok()) return std::unexpected(error_from(database.recover(), file));
  if (mark.store_id.empty()) return std::unexpected(corrupt(file, "has lost its identity"));
  return mark;
}

std::expected<sql::Connection, StoreError> open_for_writing(const path& file,
                                                            std::chrono::milliseconds busy) {
  auto opened = sql::Connection::open(file, sql::Connection::Access::write, busy);
  if (!opened) return std::unexpected(error_from(opened.error(), file));
  sql::Connection& database = *opened;
  const auto mode = database.value<std::string>("PRAGMA journal_mode = WAL");
  database.exec(
      "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0;"
      "PRAGMA journal_size_limit = 16777216; PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY;"
      "PRAGMA trusted_schema = OFF");
  if (database.ok()) migrate(database, migrations());
  if (!database.ok()) return std::unexpected(error_from(database.recover(), file));
  if (mode != "wal") {
    return std::unexpected(StoreError{Kind::io, file.string() + ": cannot use a write-ahead log",
                                      "put state_dir on a local disk"});
  }
  return std::move(*opened);
}

}  // namespace takt::store
